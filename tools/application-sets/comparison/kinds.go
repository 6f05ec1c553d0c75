package main

import (
	"encoding/json"
	"fmt"

	"github.com/argoproj/gitops-engine/pkg/diff/testdata"
	"github.com/argoproj/gitops-engine/pkg/utils/kube/scheme"
	openapi "github.com/google/gnostic-models/openapiv2"
	"google.golang.org/protobuf/proto"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	extensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/controller/openapi/builder"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	models "k8s.io/kube-openapi/pkg/util/proto"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// A kind as an API server has it.
type kind struct {
	parser *managedfields.GvkParser
	// Fills in what is left out.
	complete func(*unstructured.Unstructured) error
}

type kinds struct {
	own    *managedfields.GvkParser
	custom map[schema.GroupVersionKind]kind
}

func parserOf(document *openapi.Document) (*managedfields.GvkParser, error) {
	types, err := models.NewOpenAPIData(document)
	if err != nil {
		return nil, err
	}
	return managedfields.NewGVKParser(types, false)
}

// Kubernetes' own kinds by the document of an API server that Argo CD's tests have, and those of definitions.
func newKinds(definitions []extensions.CustomResourceDefinition) (*kinds, error) {
	document := &openapi.Document{}
	if err := proto.Unmarshal(testdata.OpenAPIV2Doc, document); err != nil {
		return nil, err
	}
	own, err := parserOf(document)
	if err != nil {
		return nil, err
	}
	// It remembers of the first parser that it is given which kinds are Kubernetes' own.
	scheme.ResolveParseableType(schema.GroupVersionKind{}, own)
	all := &kinds{own, map[schema.GroupVersionKind]kind{}}
	for _, definition := range definitions {
		for _, version := range definition.Spec.Versions {
			custom, err := customKind(&definition, version)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", definition.Name, version.Name, err)
			}
			all.custom[schema.GroupVersionKind{Group: definition.Spec.Group, Version: version.Name, Kind: definition.Spec.Names.Kind}] = custom
		}
	}
	return all, nil
}

func customKind(definition *extensions.CustomResourceDefinition, version extensions.CustomResourceDefinitionVersion) (kind, error) {
	swagger, err := builder.BuildOpenAPIV2(definition, version.Name, builder.Options{V2: true, AllowNonStructural: true})
	if err != nil {
		return kind{}, err
	}
	bytes, err := json.Marshal(swagger)
	if err != nil {
		return kind{}, err
	}
	document, err := openapi.ParseDocument(bytes)
	if err != nil {
		return kind{}, err
	}
	parser, err := parserOf(document)
	if err != nil {
		return kind{}, err
	}
	properties := &apiextensions.JSONSchemaProps{}
	if err := extensions.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, properties, nil); err != nil {
		return kind{}, err
	}
	types, err := structural.NewStructural(properties)
	if err != nil {
		return kind{}, err
	}
	return kind{parser, func(object *unstructured.Unstructured) error {
		defaulting.PruneNonNullableNullsWithoutDefaults(object.Object, types)
		defaulting.Default(object.Object, types)
		return nil
	}}, nil
}

func (kinds *kinds) of(wanted schema.GroupVersionKind) (kind, error) {
	if custom, ok := kinds.custom[wanted]; ok {
		return custom, nil
	}
	if !scheme.Scheme.Recognizes(wanted) {
		return kind{}, fmt.Errorf("no definition of %s", wanted)
	}
	return kind{kinds.own, func(object *unstructured.Unstructured) error {
		typed, err := scheme.Scheme.New(wanted)
		if err != nil {
			return err
		}
		bytes, err := object.MarshalJSON()
		if err != nil {
			return err
		}
		if err := json.Unmarshal(bytes, typed); err != nil {
			return err
		}
		scheme.Scheme.Default(typed)
		if bytes, err = json.Marshal(typed); err != nil {
			return err
		}
		object.Object = nil
		if err := json.Unmarshal(bytes, &object.Object); err != nil {
			return err
		}
		object.SetGroupVersionKind(wanted)
		return nil
	}}, nil
}

// What the API server leaves out of the fields that it notes of a manager.
var unowned = fieldpath.NewSet(
	fieldpath.MakePathOrDie("apiVersion"),
	fieldpath.MakePathOrDie("kind"),
	fieldpath.MakePathOrDie("metadata"),
	fieldpath.MakePathOrDie("metadata", "name"),
	fieldpath.MakePathOrDie("metadata", "namespace"),
)

// What the API server has of an object after Argo CD applied it.
func (kind kind) apply(object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	value, err := scheme.ResolveParseableType(object.GroupVersionKind(), kind.parser).FromUnstructured(object.Object)
	if err != nil {
		return nil, err
	}
	set, err := value.ToFieldSet()
	if err != nil {
		return nil, err
	}
	fields, err := set.Difference(unowned).ToJSON()
	if err != nil {
		return nil, err
	}
	live := object.DeepCopy()
	if err := kind.complete(live); err != nil {
		return nil, err
	}
	live.SetManagedFields([]metav1.ManagedFieldsEntry{{
		Manager:    manager,
		Operation:  metav1.ManagedFieldsOperationApply,
		APIVersion: object.GetAPIVersion(),
		FieldsType: "FieldsV1",
		FieldsV1:   &metav1.FieldsV1{Raw: fields},
	}})
	return live, nil
}
