// Command aws-simulation is a provider when it is called terraform-provider-<name>, and a stand-in for the aws command
// when it is called aws.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server"

	"hello/aws-simulation/provider"
)

var providerName = regexp.MustCompile(`^terraform-provider-([a-z0-9]+)`)

func main() {
	if err := run(filepath.Base(os.Args[0])); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(called string) error {
	if match := providerName.FindStringSubmatch(called); match != nil {
		server, err := provider.New(match[1])
		if err != nil {
			return err
		}
		return tf5server.Serve("registry.opentofu.org/hashicorp/"+match[1], func() tfprotov5.ProviderServer { return server })
	}
	return fmt.Errorf("%s: call it terraform-provider-<name>", called)
}
