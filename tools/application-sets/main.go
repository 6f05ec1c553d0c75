// Prints the applications that Argo CD's own code makes of an ApplicationSet for clusters, as JSON. Standard input is
// {"set": ApplicationSet, "secrets": [Secret of a cluster]}; a member that Argo CD doesn't know is refused. Status 1 for
// what Argo CD refuses.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/argoproj/argo-cd/v3/applicationset/controllers/template"
	"github.com/argoproj/argo-cd/v3/applicationset/generators"
	"github.com/argoproj/argo-cd/v3/applicationset/utils"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/sirupsen/logrus"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	kubernetes "k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
)

func expand(input io.Reader, output io.Writer) error {
	var asked struct {
		Set     v1alpha1.ApplicationSet
		Secrets []corev1.Secret
	}
	decoder := json.NewDecoder(input)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err == io.EOF {
		return nil // nothing was asked
	} else if err != nil {
		return err
	}

	var secrets []runtime.Object
	for _, secret := range asked.Secrets {
		secrets = append(secrets, &secret)
	}
	client := fake.NewClientBuilder().WithRuntimeObjects(secrets...).Build()
	known := map[string]generators.Generator{
		"Clusters": generators.NewClusterGenerator(context.Background(), client, kubernetes.NewClientset(secrets...), asked.Set.Namespace),
	}
	logrus.SetOutput(io.Discard)
	applications, _, err := template.GenerateApplications(logrus.NewEntry(logrus.StandardLogger()), asked.Set, known, &utils.Render{}, client)
	if err != nil {
		return err
	}
	return json.NewEncoder(output).Encode(applications)
}

func main() {
	if err := expand(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
