package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// typeError says which field of raw, which was decoded into v, has the wrong type.
func typeError(err error, raw []byte, v any) string {
	var t *json.UnmarshalTypeError
	if !errors.As(err, &t) {
		return err.Error()
	}
	path, value := wrongField(raw, reflect.TypeOf(v))
	if path == "" {
		path = "the task"
	}
	return fmt.Sprintf("%s cannot be the JSON %s", path, value)
}

// wrongField returns the path of the first field in raw that t cannot take, and its JSON type. Package json tells the path only of
// some fields, and in each of its versions of others.
func wrongField(raw []byte, t reflect.Type) (path, value string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	raw = trimSpace(raw)
	switch {
	case reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()):
	case t.Kind() == reflect.Struct && raw[0] == '{':
		var members object
		_ = json.Unmarshal(raw, &members) // it was read before
		for _, m := range members {
			name, of := field(t, m.key)
			if name != "" && json.Unmarshal(m.value, reflect.New(of).Interface()) != nil {
				below, value := wrongField(m.value, of)
				return strings.TrimSuffix(name+"."+below, "."), value
			}
		}
	case t.Kind() == reflect.Slice && raw[0] == '[':
		var elements []json.RawMessage
		_ = json.Unmarshal(raw, &elements)
		for _, e := range elements {
			if json.Unmarshal(e, reflect.New(t.Elem()).Interface()) != nil {
				return wrongField(e, t.Elem())
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
