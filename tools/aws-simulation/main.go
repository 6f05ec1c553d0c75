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
	match := providerName.FindStringSubmatch(filepath.Base(os.Args[0]))
	if match == nil {
		fmt.Fprintf(os.Stderr, "%s: call it terraform-provider-<name>\n", os.Args[0])
		os.Exit(2)
	}
	server, err := provider.New(match[1])
	if err == nil {
		err = tf5server.Serve("registry.opentofu.org/hashicorp/"+match[1], func() tfprotov5.ProviderServer { return server })
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
