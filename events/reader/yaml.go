package reader

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

var (
	yamlLine  = regexp.MustCompile(`^\s*(?:- +)*["']?[\w@.-]+["']?:(?:\s|$)|^\s*- |^---$`)
	yamlError = regexp.MustCompile(`line (\d+):`)
)

// yamlIn returns the documents in the vocabulary of ECS that a text holds in YAML.
func yamlIn(text string) (all []object) {
	if !ofECS(text) && !has(text, tellingWords) {
		return nil
	}
	lines := strings.Split(strings.ReplaceAll(text, "\r", ""), "\n")
	for len(lines) > 0 && !isYAMLLine(lines[0]) {
		lines = lines[1:]
	}
	for try := range 2 { // what stands below it may be none
		d := yaml.NewDecoder(strings.NewReader(strings.Join(lines, "\n")))
		for {
			var n yaml.Node
			err := d.Decode(&n)
			if err == nil {
				all = append(all, shaped(ofNode(&n, maxNesting))...)
				continue
			}
			m := yamlError.FindStringSubmatch(err.Error())
			if len(all) > 0 || m == nil {
				if try > 0 && !strings.Contains(text, "ontainers:") {
					return nil // what could not be read of it may say more
				}
				return all
			}
			at, _ := strconv.Atoi(m[1]) // digits: at most it is 0
			lines = lines[:max(0, min(at-1, len(lines)))]
			break
		}
	}
	return all
}

// isYAMLLine reports whether YAML may begin with a line.
func isYAMLLine(line string) bool {
	if begin := strings.TrimLeft(line, " \t"); begin == "" || strings.IndexByte("{[(<|", begin[0]) >= 0 {
		return false
	}
	return (strings.Contains(line, ":") || strings.Contains(line, "- ") || line == "---") && yamlLine.MatchString(line)
}

// ofNode is the value of a node of YAML. Anchors are of those who write YAML by hand, and may grow without bound.
func ofNode(n *yaml.Node, depth int) any {
	if depth == 0 {
		return nil
	}
	switch n.Kind {
	case yaml.DocumentNode:
		if len(n.Content) > 0 {
			return ofNode(n.Content[0], depth-1)
		}
	case yaml.MappingNode:
		o := object{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			o[n.Content[i].Value] = ofNode(n.Content[i+1], depth-1)
		}
		return o
	case yaml.SequenceNode:
		list := []any{}
		for _, e := range n.Content {
			list = append(list, ofNode(e, depth-1))
		}
		return list
	case yaml.ScalarNode:
		switch n.ShortTag() {
		case "!!null":
			return nil
		case "!!bool":
			return n.Value == "true"
		case "!!int", "!!float":
			if json.Valid([]byte(n.Value)) {
				return json.Number(n.Value)
			}
		}
		return n.Value
	}
	return nil
}
