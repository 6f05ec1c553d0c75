package provider

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/vmihailenco/msgpack/v5"

	"hello/aws-simulation/account"
	"hello/aws-simulation/schema"
)

type unknownValue struct{}

// unknown stands for a value that is known only after the apply; on the wire it is an extension of MessagePack.
var unknown any = unknownValue{}

func (unknownValue) EncodeMsgpack(encoder *msgpack.Encoder) error {
	_, err := encoder.Writer().Write([]byte{0xd4, 0, 0})
	return err
}

func init() {
	// 12 is an unknown value of which something is known, such as that it isn't null.
	for _, extension := range []int8{0, 12} {
		msgpack.RegisterExtDecoder(extension, unknownValue{}, func(decoder *msgpack.Decoder, _ reflect.Value, length int) error {
			return decoder.ReadFull(make([]byte, length))
		})
	}
}

// decode makes plain Go of what the protocol sends: maps, slices, strings, float64, bool, nil and unknown.
func decode(value *tfprotov5.DynamicValue) map[string]any {
	if value == nil {
		return nil
	}
	decoder := msgpack.NewDecoder(bytes.NewReader(value.MsgPack))
	decoder.UseLooseInterfaceDecoding(true)
	decoded, err := decoder.DecodeInterface()
	account.Check(err)
	plain, _ := asPlain(decoded).(map[string]any)
	return plain
}

func asPlain(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			value[name] = asPlain(member)
		}
	case []any:
		for i, element := range value {
			value[i] = asPlain(element)
		}
	case int64:
		return float64(value)
	case uint64:
		return float64(value)
	case unknownValue, *unknownValue:
		return unknown
	}
	return value
}

// encode is the reverse of decode: whatever the block has no name for is left out, whatever is missing is null.
func encode(plain map[string]any, block *schema.Block) *tfprotov5.DynamicValue {
	var whole any
	if plain != nil {
		whole = complete(block, plain)
	}
	packed, err := msgpack.Marshal(whole)
	account.Check(err)
	return &tfprotov5.DynamicValue{MsgPack: packed}
}

func complete(block *schema.Block, plain map[string]any) map[string]any {
	whole := map[string]any{}
	for name, attribute := range block.Attributes {
		whole[name] = ofType(attribute.Parsed(), plain[name])
	}
	for name, nested := range block.Blocks {
		whole[name] = each(plain[name], func(element map[string]any) any { return complete(nested.Block, element) })
		if whole[name] == nil && nested.Nesting != "single" {
			whole[name] = []any{}
		}
	}
	return whole
}

// each applies a function to a map or to those in a list.
func each(value any, do func(map[string]any) any) any {
	switch value := value.(type) {
	case map[string]any:
		return do(value)
	case []any:
		elements := make([]any, len(value))
		for i, element := range value {
			elements[i] = each(element, do)
		}
		return elements
	}
	return value
}

// ofType completes the objects of an attribute such as ["set", ["object", {…}]].
func ofType(t any, value any) any {
	kind, isCompound := t.([]any)
	if !isCompound || value == nil || value == unknown {
		return value
	}
	if members, isObject := kind[1].(map[string]any); isObject {
		object := map[string]any{}
		for name, member := range members {
			object[name] = ofType(member, asMap(value)[name])
		}
		return object
	}
	switch value := value.(type) {
	case []any:
		elements := make([]any, len(value))
		for i, element := range value {
			elements[i] = ofType(kind[1], element)
		}
		return elements
	case map[string]any:
		members := map[string]any{}
		for name, member := range value {
			members[name] = ofType(kind[1], member)
		}
		return members
	}
	return value
}

func asMap(value any) map[string]any {
	m, _ := value.(map[string]any)
	return m
}

func asList(value any) []any {
	list, _ := value.([]any)
	return list
}

func asJSON(value any) []byte {
	text, err := json.Marshal(value)
	account.Check(err)
	return text
}
