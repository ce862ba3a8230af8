package events

import (
	"encoding/json"
	"reflect"
	"strings"
)

// isOdd reports whether a member of raw, which was decoded into v, has another type than its field.
func isOdd(raw []byte, v any) bool {
	_, value := oddField(raw, reflect.TypeOf(v))
	return value != ""
}

// oddField returns the path of the first member of raw that a field of t cannot take, and its JSON type; "" where there
// is none. Package json tells the path only of some fields, and in each of its versions of others.
func oddField(raw []byte, t reflect.Type) (path, value string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	raw = trimSpace(raw)
	if json.Unmarshal(raw, reflect.New(t).Interface()) == nil {
		return "", ""
	}
	switch {
	case t.Kind() == reflect.Struct && raw[0] == '{':
		var members object
		_ = json.Unmarshal(raw, &members) // it was read before
		for _, m := range members {
			name, of := field(t, m.key)
			if name == "" {
				continue
			}
			if below, value := oddField(m.value, of); value != "" {
				return strings.TrimSuffix(name+"."+below, "."), value
			}
		}
	case t.Kind() == reflect.Slice && raw[0] == '[':
		var elements []json.RawMessage
		_ = json.Unmarshal(raw, &elements)
		for _, e := range elements {
			if below, value := oddField(e, t.Elem()); value != "" {
				return below, value
			}
		}
	}
	return "", typeOf(raw)
}

// field returns the name and the type of a struct's field that JSON has under a key, in any letter case.
func field(t reflect.Type, key string) (name string, of reflect.Type) {
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && strings.EqualFold(name, key) {
			return name, f.Type
		}
	}
	return "", nil
}
