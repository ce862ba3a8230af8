package running

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"whystopped/classifier"
	"whystopped/evidence"
)

// heapSetting is how a language runtime is told how large its heap may grow.
type heapSetting struct {
	name     string // as it is written: "-Xmx"
	program  string // what reads it from a command line, "" where only a variable sets it
	variable string // what reads it from the environment
	size     func() *regexp.Regexp
	bytes    bool // a number without a unit means bytes, otherwise MiB
}

// heapSettings are those that a runtime itself reads, by runtime from what counts least to what counts most
// (https://docs.oracle.com/en/java/javase/21/docs/specs/man/java.html, https://nodejs.org/api/cli.html,
// https://pkg.go.dev/runtime). JAVA_OPTS and the like are a matter of each start script.
var heapSettings = []heapSetting{
	{"-Xmx", "", "JAVA_TOOL_OPTIONS", xmx, true},
	{"-Xmx", "", "JDK_JAVA_OPTIONS", xmx, true},
	{"-Xmx", "java", "", xmx, true},
	{"-Xmx", "", "_JAVA_OPTIONS", xmx, true},
	{"--max-old-space-size", "", "NODE_OPTIONS", oldSpace, false},
	{"--max-old-space-size", "node", "", oldSpace, false},
}

var (
	xmx      = evidence.Compiled(`(?:^|\s)(?:-Xmx|-XX:MaxHeapSize=)(\d{1,12})([kKmMgGtT]?)(?:\s|$)`)
	oldSpace = evidence.Compiled(`(?:^|\s)--max[-_]old[-_]space[-_]size[= ](\d{1,12})()(?:\s|$)`)
)

// Heaps reads the heap sizes of a container definition, of each runtime the one that counts. Of the values of variables
// it keeps nothing else.
func Heaps(commandLine []string, variables map[string]string) []evidence.Heap {
	var heaps []evidence.Heap
	for _, s := range heapSettings {
		text, where := variables[s.variable], s.variable
		if s.program != "" {
			text, where = strings.Join(commandLine, " "), "the command"
			if !slices.ContainsFunc(strings.Fields(text), func(word string) bool {
				return word == s.program || strings.HasSuffix(word, "/"+s.program)
			}) {
				continue
			}
		}
		found := s.size().FindAllStringSubmatch(text, -1)
		if len(found) == 0 {
			continue
		}
		last := found[len(found)-1]
		size, err := strconv.ParseInt(last[1], 10, 64)
		if err != nil {
			continue
		}
		heaps = slices.DeleteFunc(heaps, func(h evidence.Heap) bool { return strings.HasPrefix(h.Setting, s.name+" ") })
		heaps = append(heaps, evidence.Heap{Setting: s.name + " in " + where, MiB: mebibytes(size, last[2], s.bytes)})
	}
	return heaps
}

// mebibytes is a size with its unit, rounded down.
func mebibytes(size int64, unit string, bytes bool) int64 {
	switch strings.ToLower(unit) {
	case "k":
		return size >> 10
	case "m":
		return size
	case "g":
		return size << 10
	case "t":
		return size << 20
	}
	if bytes {
		return size >> 20
	}
	return size
}

// proveHeap holds the heap that the task definition asks for against the memory that binds. A heap as large as the
// limit leaves nothing for threads, code and buffers: where the kernel killed the container, that is enough.
func proveHeap(c *evidence.Case) classifier.Proof {
	said := proveByLog(c, "heap-setting")
	container, definition := c.CulpritContainer()
	if said.Result == classifier.Confirmed || definition == nil || len(definition.Heaps) == 0 {
		return said
	}
	limit, of := c.MemoryLimit(container), container.Name
	if all := taskMemory(c); all > 0 && (limit == 0 || all < limit) {
		limit, of = all, "the task"
	}
	heap := slices.MaxFunc(definition.Heaps, func(a, b evidence.Heap) int { return int(a.MiB - b.MiB) })
	facts := fmt.Sprintf("%s of %s in %s is %d MiB", heap.Setting, container.Name, c.Stop.TaskDefinition(), heap.MiB)
	switch {
	case limit == 0:
		return said
	case saidOOM(c) && heap.MiB >= limit && !c.Overridden(container.Name):
		return evidence.Confirmed(
			fmt.Sprintf("set %s of %s below %d MiB, a quarter lower, or raise memory above the heap", heap.Setting,
				container.Name, limit),
			"%s, and %s has %d MiB for everything", facts, of, limit)
	}
	said.Evidence = strings.TrimPrefix(said.Evidence+"; ", "; ") +
		fmt.Sprintf("%s, of %d MiB of %s", facts, limit, of)
	return said
}
