// Package schema holds what providers accept: the facts extracted into *.json.gz, and by hand what those lack.
package schema

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/tidwall/gjson"
)

//go:embed *.json.gz
var files embed.FS

//go:embed ephemeral.json
var byHand []byte

// Attribute is one argument or computed value; its type is in the notation of "string" and ["list", "string"].
type Attribute struct {
	Type      json.RawMessage
	Required  bool
	Optional  bool
	Computed  bool
	Sensitive bool
	WriteOnly bool `json:"write_only"`
}

// Nested is a block inside a block; Nesting is single, list, set or map, the limits are 0 where there are none.
type Nested struct {
	Nesting string `json:"nesting_mode"`
	Block   *Block
	Min     int64 `json:"min_items"`
	Max     int64 `json:"max_items"`
}

// Block is the shape of a resource, data source, provider or nested block.
type Block struct {
	Attributes map[string]*Attribute
	Blocks     map[string]*Nested `json:"block_types"`
}

// Resource is a block that is read only when it is asked for, since a run needs few of the many.
type Resource struct{ text string }

// Block returns the shape, or nil where there is no such resource.
func (r Resource) Block() *Block {
	var resource struct{ Block *Block }
	if r.text != "" {
		if err := json.Unmarshal([]byte(r.text), &resource); err != nil {
			panic(err)
		}
	}
	return resource.Block
}

// Provider is everything that one provider serves.
type Provider struct {
	Provider  Resource
	Resources map[string]Resource
	Data      map[string]Resource
	Ephemeral map[string]Resource
}

// Load reads the schema of a provider by its name, such as aws. Each run starts the provider several times, so it only
// finds where the thousands of types are.
func Load(name string) (*Provider, error) {
	packed, err := files.ReadFile(name + ".json.gz")
	if err != nil {
		return nil, err
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	document := &strings.Builder{}
	// The last four bytes of an archive are the size of what is in it: https://www.rfc-editor.org/rfc/rfc1952#page-6
	document.Grow(int(binary.LittleEndian.Uint32(packed[len(packed)-4:])))
	if _, err := io.Copy(document, reader); err != nil {
		return nil, err
	}
	provider := &Provider{}
	gjson.Get(document.String(), "provider_schemas.*").ForEach(func(part, of gjson.Result) bool {
		switch part.Str {
		case "provider":
			provider.Provider = Resource{of.Raw}
		case "resource_schemas":
			provider.Resources = resources(of)
		case "data_source_schemas":
			provider.Data = resources(of)
		case "ephemeral_resource_schemas":
			provider.Ephemeral = resources(of)
		}
		return true
	})
	if provider.Provider.text == "" {
		return nil, fmt.Errorf("schema/%s.json.gz has no provider", name)
	}
	if name == "aws" {
		provider.Ephemeral = resources(gjson.ParseBytes(byHand))
	}
	return provider, nil
}

func resources(of gjson.Result) map[string]Resource {
	found := map[string]Resource{}
	of.ForEach(func(name, text gjson.Result) bool {
		found[name.Str] = Resource{text.Raw}
		return true
	})
	return found
}

// Parsed is the attribute's type as a text or, of a compound one, a list.
func (a *Attribute) Parsed() any {
	var parsed any
	if err := json.Unmarshal(a.Type, &parsed); err != nil {
		panic(err)
	}
	return parsed
}

var nesting = map[string]tfprotov5.SchemaNestedBlockNestingMode{
	"single": tfprotov5.SchemaNestedBlockNestingModeSingle,
	"list":   tfprotov5.SchemaNestedBlockNestingModeList,
	"set":    tfprotov5.SchemaNestedBlockNestingModeSet,
	"map":    tfprotov5.SchemaNestedBlockNestingModeMap,
}

// Protocol is the schema as the protocol has it.
func (r Resource) Protocol() *tfprotov5.Schema {
	return &tfprotov5.Schema{Block: r.Block().protocol()}
}

func (b *Block) protocol() *tfprotov5.SchemaBlock {
	block := &tfprotov5.SchemaBlock{}
	for name, a := range b.Attributes {
		//nolint:staticcheck // Nothing else in the library parses this notation.
		parsed, err := tftypes.ParseJSONType(a.Type)
		if err != nil {
			panic(err)
		}
		block.Attributes = append(block.Attributes, &tfprotov5.SchemaAttribute{
			Name: name, Type: parsed, Required: a.Required, Optional: a.Optional, Computed: a.Computed,
			Sensitive: a.Sensitive, WriteOnly: a.WriteOnly,
		})
	}
	for name, n := range b.Blocks {
		block.BlockTypes = append(block.BlockTypes, &tfprotov5.SchemaNestedBlock{
			TypeName: name, Block: n.Block.protocol(), Nesting: nesting[n.Nesting], MinItems: n.Min, MaxItems: n.Max,
		})
	}
	return block
}
