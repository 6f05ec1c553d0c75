// Prints what Argo CD's own code calls OutOfSync after a server-side apply, as JSON. Standard input is
// {"objects": [{"object": what is in Git, "written": a merge patch of what others write in it}], "definitions": [of custom
// resources]}; for each object there is null, or what differs: {"live": ..., "wanted": ...}. What is live is made by
// Kubernetes' own code: types and defaults of its kinds, definitions' schemas and defaults of others.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/argoproj/gitops-engine/pkg/diff"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	extensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// How Argo CD calls itself where it applies on the server.
const manager = "argocd-controller"

type asked struct {
	Objects []struct {
		Object  map[string]any
		Written json.RawMessage
	}
	Definitions []extensions.CustomResourceDefinition
}

type difference struct {
	Live   json.RawMessage `json:"live"`
	Wanted json.RawMessage `json:"wanted"`
}

func withPatch(object *unstructured.Unstructured, patch []byte) error {
	if len(patch) == 0 {
		return nil
	}
	bytes, err := object.MarshalJSON()
	if err != nil {
		return err
	}
	if bytes, err = jsonpatch.MergePatch(bytes, patch); err != nil {
		return err
	}
	return object.UnmarshalJSON(bytes)
}

func compare(kinds *kinds, git map[string]any, written []byte) (*difference, error) {
	object := &unstructured.Unstructured{Object: git}
	kind, err := kinds.of(object.GroupVersionKind())
	if err != nil {
		return nil, err
	}
	live, err := kind.apply(object)
	if err != nil {
		return nil, err
	}
	if err := withPatch(live, written); err != nil {
		return nil, err
	}
	result, err := diff.Diff(object, live, diff.WithStructuredMergeDiff(true), diff.WithGVKParser(kind.parser), diff.WithManager(manager))
	if err != nil || !result.Modified {
		return nil, err
	}
	return &difference{result.NormalizedLive, result.PredictedLive}, nil
}

func answer(input io.Reader, output io.Writer) error {
	var asked asked
	decoder := json.NewDecoder(input)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err == io.EOF {
		return nil // nothing was asked
	} else if err != nil {
		return err
	}
	kinds, err := newKinds(asked.Definitions)
	if err != nil {
		return err
	}
	differences := make([]*difference, len(asked.Objects))
	for index, each := range asked.Objects {
		if differences[index], err = compare(kinds, each.Object, each.Written); err != nil {
			return fmt.Errorf("%v %v: %w", each.Object["kind"], each.Object["metadata"], err)
		}
	}
	return json.NewEncoder(output).Encode(differences)
}

func main() {
	if err := answer(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
