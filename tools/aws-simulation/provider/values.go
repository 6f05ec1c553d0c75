package provider

import (
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

type unknownValue struct{}

// unknown stands for a value that is known only after the apply.
var unknown any = unknownValue{}

// decode makes plain Go of what the protocol sends: maps, slices, strings, float64, bool, nil and unknown.
func decode(value *tfprotov5.DynamicValue, t tftypes.Type) (map[string]any, error) {
	if value == nil {
		return nil, nil
	}
	decoded, err := value.Unmarshal(t)
	if err != nil {
		return nil, err
	}
	plain, err := toPlain(decoded)
	if err != nil || plain == nil {
		return nil, err
	}
	return plain.(map[string]any), nil
}

func toPlain(v tftypes.Value) (any, error) {
	switch {
	case !v.IsKnown():
		return unknown, nil
	case v.IsNull():
		return nil, nil
	}
	switch v.Type().(type) {
	case tftypes.Object, tftypes.Map:
		var members map[string]tftypes.Value
		if err := v.As(&members); err != nil {
			return nil, err
		}
		plain := make(map[string]any, len(members))
		for name, member := range members {
			var err error
			if plain[name], err = toPlain(member); err != nil {
				return nil, err
			}
		}
		return plain, nil
	case tftypes.List, tftypes.Set, tftypes.Tuple:
		var elements []tftypes.Value
		if err := v.As(&elements); err != nil {
			return nil, err
		}
		plain := make([]any, len(elements))
		for i, element := range elements {
			var err error
			if plain[i], err = toPlain(element); err != nil {
				return nil, err
			}
		}
		return plain, nil
	}
	if v.Type().Is(tftypes.Bool) {
		var b bool
		return b, v.As(&b)
	}
	if v.Type().Is(tftypes.Number) {
		var n big.Float
		err := v.As(&n)
		f, _ := n.Float64()
		return f, err
	}
	var s string
	err := v.As(&s)
	return s, err
}

// encode is the reverse of decode.
func encode(plain map[string]any, t tftypes.Type) (*tfprotov5.DynamicValue, error) {
	var untyped any
	if plain != nil {
		untyped = plain
	}
	value, err := fromPlain(untyped, t, "")
	if err != nil {
		return nil, err
	}
	encoded, err := tfprotov5.NewDynamicValue(t, value)
	return &encoded, err
}

func fromPlain(plain any, t tftypes.Type, path string) (tftypes.Value, error) {
	if plain == unknown {
		return tftypes.NewValue(t, tftypes.UnknownValue), nil
	}
	if plain == nil {
		return tftypes.NewValue(t, nil), nil
	}
	misfit := fmt.Errorf("%s: %v is no %s", path, plain, t)
	switch t := t.(type) {
	case tftypes.Object:
		members, ok := plain.(map[string]any)
		if !ok {
			return tftypes.Value{}, misfit
		}
		values := map[string]tftypes.Value{}
		for name, member := range t.AttributeTypes {
			var err error
			if values[name], err = fromPlain(members[name], member, path+"."+name); err != nil {
				return tftypes.Value{}, err
			}
		}
		return tftypes.NewValue(t, values), nil
	case tftypes.Map:
		members, ok := plain.(map[string]any)
		if !ok {
			return tftypes.Value{}, misfit
		}
		values := map[string]tftypes.Value{}
		for name, member := range members {
			var err error
			if values[name], err = fromPlain(member, t.ElementType, path+"."+name); err != nil {
				return tftypes.Value{}, err
			}
		}
		return tftypes.NewValue(t, values), nil
	case tftypes.List:
		values, err := fromElements(plain, t.ElementType, path, misfit)
		return tftypes.NewValue(t, values), err
	case tftypes.Set:
		values, err := fromElements(plain, t.ElementType, path, misfit)
		return tftypes.NewValue(t, values), err
	}
	switch plain := plain.(type) {
	case string:
		if t.Is(tftypes.String) {
			return tftypes.NewValue(t, plain), nil
		}
	case bool:
		if t.Is(tftypes.Bool) {
			return tftypes.NewValue(t, plain), nil
		}
	case float64:
		if t.Is(tftypes.Number) {
			return tftypes.NewValue(t, plain), nil
		}
	case int:
		if t.Is(tftypes.Number) {
			return tftypes.NewValue(t, plain), nil
		}
	}
	return tftypes.Value{}, misfit
}

func fromElements(plain any, element tftypes.Type, path string, misfit error) ([]tftypes.Value, error) {
	elements, ok := plain.([]any)
	if !ok {
		return nil, misfit
	}
	values := []tftypes.Value{}
	for i, e := range elements {
		value, err := fromPlain(e, element, fmt.Sprintf("%s[%d]", path, i))
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}
