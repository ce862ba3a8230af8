package lastwords

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEachSignIsReadOfItsExample(t *testing.T) {
	for i := range Signs {
		s := &Signs[i]
		got, found := Read(strings.Split(s.Example, "\n"))
		if !found || got.Sign != s {
			t.Errorf("%s: its example is read as %s", s.ID, idOf(got.Sign))
			continue
		}
		for name, want := range s.Names {
			if got.Names[name] != want {
				t.Errorf("%s: %s is %q, want %q", s.ID, name, got.Names[name], want)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(got.Names)) {
			if got.Names[name] != "" && s.Names[name] == "" {
				t.Errorf("%s: its example also names %s: %q", s.ID, name, got.Names[name])
			}
		}
		if folded := strings.ToLower(strings.Join(s.Has, "")); folded != strings.Join(s.Has, "") {
			t.Errorf("%s: words that a line has must be in lower case", s.ID)
		}
	}
}

func TestEachFormIsReadOfItsExample(t *testing.T) {
	for i := range Forms {
		f := &Forms[i]
		got, found := Read(strings.Split(f.Example, "\n"))
		if !found || got.Form != f || got.Says != f.Tells {
			t.Errorf("%s: its example is read as %+v: %q, want %q", f.ID, got.Form, got.Says, f.Tells)
		}
	}
}

// TestMemoryThatRanOut holds the ways in which languages, process managers and the kernel say that memory ran out.
func TestMemoryThatRanOut(t *testing.T) {
	for line, want := range map[string]string{
		"java.lang.OutOfMemoryError: GC overhead limit exceeded": "heap-full",
		"OpenJDK 64-Bit Server VM warning: INFO: os::commit_memory(0x00000000e0000000, 178782208, 0) failed; " +
			"error='Not enough space' (errno=12)": "heap-full",
		"FATAL ERROR: NewSpace::EnsureCurrentCapacity Allocation failed - JavaScript heap out of memory": "heap-full",
		"Fatal JavaScript out of memory: Reached heap limit":                                             "heap-full",
		"#  Fatal process OOM in insufficient memory to create an Isolate":                               "heap-full",
		"MemoryError": "heap-full",
		"numpy.core._exceptions._ArrayMemoryError: Unable to allocate 2.50 GiB for an array":           "heap-full",
		"Unhandled exception. System.OutOfMemoryException: Array dimensions exceeded supported range.": "heap-full",
		"Out of memory.": "heap-full",
		"GC heap initialization failed with error 0x8007000E":                      "heap-full",
		"eheap_alloc: Cannot allocate 1140328 bytes of memory (of type \"heap\").": "heap-full",
		"FATAL:  out of memory": "heap-full",
		"[ 1234.5] Memory cgroup out of memory: Killed process 3120 (node) total-vm:11422204kB":     "kernel-killed",
		"oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=77aa,task=node,pid=3120,uid=0": "kernel-killed",
		"Out of memory: Killed process 3120 (java) total-vm:4422204kB":                              "kernel-killed",
		"node invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0":             "kernel-killed",
		"Killed": "worker-killed",
		"/entrypoint.sh: line 12:     7 Killed                  python train.py": "worker-killed",
		"npm ERR! Exit status 137":                                               "worker-killed",
		"error Command failed with exit code 137.":                               "worker-killed",
		"Process 'Gradle Test Executor 1' finished with non-zero exit value 137": "worker-killed",
		"build failed: signal: killed":                                           "worker-killed",
		"RuntimeError: DataLoader worker (pid 123) is killed by signal: Killed.": "worker-killed",
		"2026/11/29 04:12:12 [alert] 1#1: worker process 29 exited on signal 9":  "worker-killed",
		"INFO cache dropped 3 entries because it was out of memory budget":       "",
		"ERROR order 137 could not be exported":                                  "",
		"ERROR exit of lorry 9137 could not be read":                             "",
	} {
		if got, _ := Read([]string{line}); idOf(got.Sign) != want {
			t.Errorf("%q is read as %q, want %q", line, idOf(got.Sign), want)
		}
	}
}

func idOf(s *Sign) string {
	if s == nil {
		return ""
	}
	return s.ID
}

// right reports whether a tail is read as it has to be, and how it was read.
func (c tail) right() (bool, Told) {
	got, found := Read(strings.Split(c.log, "\n"))
	ok := found && strings.Contains(got.Says, c.says) && idOf(got.Sign) == c.sign
	for name, want := range c.names {
		ok = ok && got.Names[name] == want
	}
	return ok, got
}

func TestTails(t *testing.T) {
	for _, c := range tails {
		if ok, got := c.right(); !ok {
			t.Errorf("%s: %q, %q %v\n\twant %q, %q %v", c.name, got.Says, idOf(got.Sign), got.Names, c.says, c.sign,
				c.names)
		}
	}
}

// FuzzRead holds what Read promises of any lines: one of them, short and printable, and names that the line has.
func FuzzRead(f *testing.F) {
	for _, c := range tails {
		f.Add(c.log)
	}
	for _, s := range Signs {
		f.Add(s.Example)
	}
	f.Add("{\"log\":\"{\\\"msg\\\":\\\"panic: x\\\"}\"}")
	f.Add("\x1b[31mpanic: \x1b]0;title\x07x\u202e\xff")
	f.Fuzz(func(t *testing.T, log string) {
		lines := strings.Split(log, "\n")
		got, found := Read(lines)
		if !found {
			return
		}
		if got.Line < 0 || got.Line >= len(lines) || len(got.Says) > maxSays || len(got.Text) > maxText {
			t.Errorf("line %d of %d, %d and %d bytes", got.Line, len(lines), len(got.Says), len(got.Text))
		}
		said := []string{got.Says, got.Text}
		for _, name := range got.Names {
			said = append(said, name)
		}
		for _, text := range said {
			if strings.ContainsFunc(text, hidden) || !utf8.ValidString(text) {
				t.Errorf("%q cannot be shown", text)
			}
		}
	})
}

// BenchmarkRead reads 64 KB of lines: of a log, of one with a word of each sign on every line, and of one long line.
func BenchmarkRead(b *testing.B) {
	var words []string
	for _, s := range Signs {
		words = append(words, s.Has[0])
	}
	for _, test := range []struct{ name, line string }{
		{"log", "2026-11-29T04:12:12.001Z INFO 1 --- [main] o.s.boot.Application : handled GET /orders/17 in 12 ms " +
			"with 200"},
		{"errors", "2026-11-29T04:12:12.001Z ERROR [main] shop.Db - connect to orders-db:5432 failed: Connection " +
			"refused"},
		{"words", strings.Join(words, " ")},
		{"long", strings.Repeat("no such file or directory: ", 600)},
	} {
		lines := slices.Repeat([]string{test.line}, 1+maxBytes/len(test.line))
		b.Run(test.name, func(b *testing.B) {
			b.SetBytes(maxBytes)
			for b.Loop() {
				Read(lines)
			}
		})
	}
}
