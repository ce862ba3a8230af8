package archive

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Fields reads of records some fields alone, and passes over the others without making anything of them.
type Fields struct {
	byName map[string]wantedField // every field, by its name in JSON
}

type wantedField struct {
	index  []int
	wanted bool
	quoted bool // its values are strings
}

// FieldsNamed reads these fields, by their names in JSON.
func FieldsNamed(names ...string) Fields {
	return fieldsThat(func(name string) bool { return slices.Contains(names, name) })
}

// FieldsBut reads all fields but these.
func FieldsBut(names ...string) Fields {
	return fieldsThat(func(name string) bool { return !slices.Contains(names, name) })
}

func fieldsThat(wanted func(name string) bool) Fields {
	f := Fields{map[string]wantedField{}}
	for _, field := range recordFields() {
		name := jsonName(field)
		f.byName[name] = wantedField{field.Index, name == "schemaVersion" || wanted(name),
			field.Type.Kind() == reflect.String || field.Type == reflect.TypeFor[Time]()}
	}
	return f
}

// jsonName is what a field is called in JSON.
func jsonName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}

// Decode is the function Decode, with these fields alone.
func (f Fields) Decode(line []byte) (Record, error) {
	var r Record
	fields := reflect.ValueOf(&r).Elem()
	plain := members(line, func(name, value []byte) bool {
		field, known := f.byName[string(name)]
		switch {
		case !known:
			return true
		case field.wanted:
			return set(fields.FieldByIndex(field.index), value)
		}
		return field.quoted == (value[0] == '"')
	})
	if !plain || r.SchemaVersion == "" {
		return Decode(line) // what is unusual is judged by the whole reader
	}
	return r, nil
}

// set reads a value into a field and reports whether it could.
func set(field reflect.Value, value []byte) bool {
	switch to := field.Addr().Interface().(type) {
	case *Time:
		return to.UnmarshalJSON(value) == nil
	case *int:
		n, err := strconv.Atoi(string(value))
		*to = n
		return err == nil
	}
	if field.Kind() == reflect.String && value[0] == '"' {
		text, ok := unquote(value)
		field.SetString(text)
		return ok
	}
	return json.Unmarshal(value, field.Addr().Interface()) == nil
}

// unquote returns the text of a JSON string.
func unquote(quoted []byte) (text string, ok bool) {
	inner := quoted[1 : len(quoted)-1]
	for _, b := range inner {
		if b == '\\' || b >= utf8.RuneSelf {
			err := json.Unmarshal(quoted, &text)
			return text, err == nil
		}
	}
	return string(inner), true
}

// members yields the members of a JSON object, their names without quotes. It reports whether the line is one flat
// object, as Encode writes it; anything else may be JSON all the same.
func members(line []byte, yield func(name, value []byte) bool) bool {
	i := behindSpace(line, 0)
	if i == len(line) || line[i] != '{' {
		return false
	}
	for i++; ; i++ {
		i = behindSpace(line, i)
		name := i
		if i = behindString(line, i); i < 0 {
			return false
		}
		nameEnd := i
		if i = behindSpace(line, i); i == len(line) || line[i] != ':' {
			return false
		}
		value := behindSpace(line, i+1)
		if i = behindScalar(line, value); i < 0 || !yield(line[name+1:nameEnd-1], line[value:i]) {
			return false
		}
		if i = behindSpace(line, i); i == len(line) {
			return false
		}
		if line[i] == '}' {
			return behindSpace(line, i+1) == len(line)
		}
		if line[i] != ',' {
			return false
		}
	}
}

func behindSpace(line []byte, i int) int {
	for i < len(line) && (line[i] == ' ' || line[i] == '\t' || line[i] == '\r' || line[i] == '\n') {
		i++
	}
	return i
}

// behindScalar returns where a string, a number or a word ends that begins at i, and -1 where none begins.
func behindScalar(line []byte, i int) int {
	if i == len(line) {
		return -1
	}
	if line[i] == '"' {
		return behindString(line, i)
	}
	end := i
	for end < len(line) && (line[end] == '-' || line[end] == '+' || line[end] == '.' || '0' <= line[end] &&
		line[end] <= '9' || 'a' <= line[end] && line[end] <= 'z' || line[end] == 'E') {
		end++
	}
	if end == i || !json.Valid(line[i:end]) {
		return -1
	}
	return end
}

// inString says of each byte what it is within a JSON string: 0 text, 1 the end, 2 an escape, 3 not allowed.
var inString = func() (kinds [256]byte) {
	for b := range byte(' ') {
		kinds[b] = 3
	}
	kinds['"'], kinds['\\'] = 1, 2
	return kinds
}()

// behindString returns where a string ends that begins at i, and -1 where none begins, or none that JSON allows.
func behindString(line []byte, i int) int {
	if i == len(line) || line[i] != '"' {
		return -1
	}
	for i++; i < len(line); i++ {
		switch inString[line[i]] {
		case 1:
			return i + 1
		case 3:
			return -1
		case 2:
			if i++; i == len(line) {
				return -1
			}
			if line[i] == 'u' {
				if i+4 >= len(line) {
					return -1
				}
				if _, err := strconv.ParseUint(string(line[i+1:i+5]), 16, 16); err != nil {
					return -1
				}
				i += 4
			} else if strings.IndexByte(`"\/bfnrt`, line[i]) < 0 {
				return -1
			}
		}
	}
	return -1
}

// FieldNames returns the names of a record's fields in JSON, in its order.
func FieldNames() []string {
	var names []string
	for _, field := range recordFields() {
		names = append(names, jsonName(field))
	}
	return names
}

// Value returns what the field of a name holds: a string, a number, a Time, or nil where that is not known.
func (r Record) Value(name string) any {
	for field, value := range r.fields() {
		if jsonName(field) != name {
			continue
		}
		if value.Kind() == reflect.Pointer {
			value = value.Elem()
		}
		switch {
		case !value.IsValid():
			return nil
		case value.Kind() == reflect.String:
			if value.Len() == 0 {
				return nil
			}
			return value.String()
		}
		if at, ok := value.Interface().(Time); ok && at.IsZero() {
			return nil
		}
		return value.Interface()
	}
	return nil
}
