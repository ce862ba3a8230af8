package awstest

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// protocol is how a service is asked and answers (https://smithy.io/2.0/aws/protocols/).
type protocol struct {
	unknown   string // code for an operation that does not exist
	denial    Refusal
	throttle  Refusal
	writeGood func(operation string, answer Object) []byte
	writeBad  func(*Refusal) []byte
	kind      string // content type
}

var (
	jsonRPC = protocol{"UnknownOperationException", Refusal{400, "AccessDeniedException", ""},
		Refusal{400, "ThrottlingException", "Rate exceeded"},
		goodJSON, badJSON, "application/x-amz-json-1.1"}
	restJSON = protocol{"UnknownOperationException", Refusal{403, "AccessDeniedException", ""},
		Refusal{429, "ThrottlingException", "Rate exceeded"},
		goodJSON, badJSON, "application/json"}
	query = protocol{"InvalidAction", Refusal{403, "AccessDenied", ""}, Refusal{400, "Throttling", "Rate exceeded"},
		func(operation string, answer Object) []byte {
			_, name, _ := strings.Cut(operation, ":")
			result := element(name+"Result", answer, "member")
			return []byte("<" + name + "Response>" + result + "<ResponseMetadata><RequestId>" + requestID +
				"</RequestId></ResponseMetadata></" + name + "Response>")
		},
		func(r *Refusal) []byte {
			return []byte("<ErrorResponse>" +
				element("Error", Object{"Type": "Sender", "Code": r.Code, "Message": r.Message}, "") + "<RequestId>" +
				requestID + "</RequestId></ErrorResponse>")
		}, "text/xml"}
	ec2Query = protocol{"InvalidAction",
		Refusal{403, "UnauthorizedOperation", "You are not authorized to perform this operation. "},
		Refusal{503, "RequestLimitExceeded", "Request limit exceeded."},
		func(operation string, answer Object) []byte {
			_, name, _ := strings.Cut(operation, ":")
			answer = maps.Clone(answer)
			answer["requestId"] = requestID
			return []byte(element(name+"Response", answer, "item"))
		},
		func(r *Refusal) []byte {
			return []byte("<Response><Errors>" + element("Error", Object{"Code": r.Code, "Message": r.Message}, "") +
				"</Errors><RequestID>" + requestID + "</RequestID></Response>")
		}, "text/xml"}
	restXML = protocol{"MethodNotAllowed", Refusal{403, "AccessDenied", ""},
		Refusal{503, "SlowDown", "Please reduce your request rate."},
		func(operation string, answer Object) []byte {
			if whole, found := answer[payload]; found {
				return []byte(fmt.Sprint(whole))
			}
			_, name, _ := strings.Cut(operation, ":")
			return []byte(element(name+"Result", answer, ""))
		},
		func(r *Refusal) []byte {
			return []byte(element("Error", Object{"Code": r.Code, "Message": r.Message}, ""))
		}, "application/xml"}
)

// route53XML is restXML with the errors of query.
var route53XML = protocol{"InvalidAction", Refusal{403, "AccessDenied", ""},
	Refusal{400, "Throttling", "Rate exceeded"}, restXML.writeGood, query.writeBad, "text/xml"}

// payload is the member of a REST answer that is the whole body.
const payload = ""

const requestID = "00000000-0000-0000-0000-000000000000"

// read says what is asked, and by which protocol.
func read(r *http.Request, service string, body []byte) (p protocol, operation string, in Object, err error) {
	switch {
	case r.Header.Get("X-Amz-Target") != "":
		target := r.Header.Get("X-Amz-Target")
		in, err = decode(body)
		return jsonRPC, service + ":" + target[strings.LastIndex(target, ".")+1:], in, err
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
		form, err := url.ParseQuery(string(body))
		p = query
		if service == "ec2" {
			p = ec2Query
		}
		return p, service + ":" + form.Get("Action"), nested(form), err
	}
	p = restJSON
	switch service {
	case "s3":
		p = restXML
	case "route53":
		p = route53XML
	default:
		in, err = decode(body)
	}
	if in == nil {
		in = Object{}
	}
	for name, values := range r.URL.Query() {
		in[name] = values[0]
	}
	for _, o := range operations {
		if strings.HasPrefix(o.name, service+":") && matches(o.path, r, in) {
			return p, o.name, in, err
		}
	}
	return p, service + ":" + r.Method + " " + r.URL.Path, in, err
}

// matches reports whether a request is the one that a path such as "GET /things/{id}?list-type=2" means, and adds what
// stands in its braces to in.
func matches(path string, r *http.Request, in Object) bool {
	method, place, _ := strings.Cut(path, " ")
	place, wanted, _ := strings.Cut(place, "?")
	pattern, parts := strings.Split(place, "/"), strings.Split(r.URL.Path, "/")
	if method != r.Method || len(pattern) != len(parts) {
		return false
	}
	if key, value, _ := strings.Cut(wanted, "="); wanted != "" &&
		(!r.URL.Query().Has(key) || value != "" && r.URL.Query().Get(key) != value) {
		return false
	}
	found := Object{}
	for i, p := range pattern {
		if name, variable := strings.CutPrefix(p, "{"); variable && parts[i] != "" {
			found[strings.TrimSuffix(name, "}")] = parts[i]
		} else if p != parts[i] {
			return false
		}
	}
	maps.Copy(in, found)
	return true
}

func (p protocol) denied(account, operation string) *Refusal {
	refusal := p.denial
	refusal.Message += fmt.Sprintf("User: arn:aws:sts::%s:assumed-role/test/session is not authorized to perform: %s "+
		"because no identity-based policy allows the %[2]s action",
		account, operation)
	return &refusal
}

func (p protocol) throttled() *Refusal {
	refusal := p.throttle
	return &refusal
}

// write answers a request. With a redirection, what the answer holds are headers.
func (p protocol) write(w http.ResponseWriter, operation string, answer Object, refused *Refusal) {
	w.Header().Set("Content-Type", p.kind)
	w.Header().Set("X-Amzn-RequestId", requestID)
	if refused == nil {
		w.Write(p.writeGood(operation, answer))
		return
	}
	if refused.Status == http.StatusMovedPermanently {
		for name, value := range answer {
			w.Header().Set(name, fmt.Sprint(value))
		}
	}
	w.Header().Set("X-Amzn-ErrorType", refused.Code)
	w.WriteHeader(max(refused.Status, http.StatusBadRequest))
	w.Write(p.writeBad(refused))
}

func goodJSON(_ string, answer Object) []byte {
	text, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	return text
}

func badJSON(r *Refusal) []byte {
	return goodJSON("", Object{"__type": r.Code, "message": r.Message})
}

// element writes a value as XML. The elements of a list are called item, or as the list where item is empty.
func element(name string, value any, item string) string {
	if value == nil {
		return ""
	}
	if object, ok := value.(Object); ok {
		var inner strings.Builder
		for _, key := range slices.Sorted(maps.Keys(object)) {
			inner.WriteString(element(key, object[key], item))
		}
		return "<" + name + ">" + inner.String() + "</" + name + ">"
	}
	if list := reflect.ValueOf(value); list.Kind() == reflect.Slice {
		var inner strings.Builder
		for i := range list.Len() {
			each := item
			if item == "" {
				each = name
			}
			inner.WriteString(element(each, list.Index(i).Interface(), item))
		}
		if item == "" {
			return inner.String()
		}
		return "<" + name + ">" + inner.String() + "</" + name + ">"
	}
	var escaped strings.Builder
	xml.EscapeText(&escaped, []byte(fmt.Sprint(value)))
	return "<" + name + ">" + escaped.String() + "</" + name + ">"
}

// nested makes objects and lists out of the keys of a form: Filter.1.Value.2 is the second value of the first filter,
// and the word member in between says nothing.
func nested(form url.Values) Object {
	root := Object{}
	for key, values := range form {
		at := root
		parts := slices.DeleteFunc(strings.Split(key, "."), func(part string) bool { return part == "member" })
		for _, part := range parts[:len(parts)-1] {
			deeper, _ := at[part].(Object)
			if deeper == nil {
				deeper = Object{}
				at[part] = deeper
			}
			at = deeper
		}
		at[parts[len(parts)-1]] = values[0]
	}
	return lists(root).(Object)
}

// lists turns objects whose keys are numbers into slices.
func lists(value any) any {
	object, ok := value.(Object)
	if !ok {
		return value
	}
	for key := range object {
		object[key] = lists(object[key])
	}
	var list []any
	for i := 1; object[strconv.Itoa(i)] != nil; i++ {
		list = append(list, object[strconv.Itoa(i)])
	}
	if len(list) > 0 && len(list) == len(object) {
		return list
	}
	return object
}
