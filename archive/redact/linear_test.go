//go:build unix

package redact

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

// hostile are inputs that cost more than their length in a program that looks at some part of them again and again.
var hostile = map[string]string{
	"addresses":           "://",
	"addresses with @":    "://a@",
	"addresses cut":       "http://a:b/?",
	"plain quotes":        `"`,
	"single quotes":       `'`,
	"both quotes":         `"'`,
	"escaped quotes":      `\"`,
	"backslashes":         `\`,
	"options":             "-p ",
	"long options":        "--password ",
	"clients":             "mysql -p ",
	"clients and logins":  "docker login curl -u ",
	"one word":            "a",
	"equals":              "=",
	"names":               "password=",
	"names and colons":    "password: ",
	"names in quotes":     `"password":"`,
	"names open":          `{"password":[`,
	"names and values":    `name=password value=`,
	"values and names":    `value="a" name="b" `,
	"markup":              "<password ",
	"markup closed":       "<password>",
	"arrays":              "[",
	"documents":           "[]",
	"objects":             `{"name":"password","value":1,"x":`,
	"environments":        "environment: [",
	"keys":                "-----BEGIN PRIVATE KEY-----\n",
	"ends of keys":        "-----END PRIVATE KEY-----\n",
	"schemes":             "Authorization: Bearer ",
	"basic":               "basic ",
	"web tokens":          "eyJ",
	"key ids":             "AKIA",
	"lines":               "\n",
	"spaces":              " ",
	"semicolons":          "pwd=a;",
	"cookies":             "Cookie: a=b; ",
	"colons":              ":",
	"dashes":              "-",
	"escapes":             `\u0070`,
	"maps":                "map[password:",
	"statements":          "IDENTIFIED BY '",
	"ats":                 "a:b@tcp(",
	"user infos":          "a:b1@c.",
	"user infos open":     "a:b@",
	"encoded addresses":   "%3A%2F%2Fa%3Ab",
	"encoded names":       "password%3D",
	"encoded twice":       "%252525",
	"entities":            "password&quot;",
	"colours":             "\x1b[31m",
	"colours open":        "\x1b[",
	"marks of no width":   "\u200b",
	"rows":                "password,a\n",
	"rows with bars":      "|password|value\n",
	"rows with tabs":      "password\t",
	"heads":               "a,password\nb,c\n",
	"inserts":             "INSERT INTO t (password) VALUES (",
	"tuples":              "('a',",
	"sentences":           "password for a: ",
	"dots":                "password...",
	"or":                  "password || ",
	"brackets of prose":   "password (",
	"keys of markup":      "<key>password</key>",
	"blocks":              "\"password\" {\n",
	"blocks of lines":     "password:\n  - a\n",
	"lists of words":      "passwords:\n- ",
	"calls":               "Credentials(\"a\",",
	"calls open":          "Some(",
	"credentials":         "credentials a:",
	"web keys":            `"kty":"d":`,
	"visibility":          `["password":private`,
	"ports":               "invalid port \"",
	"sessions":            "session=a1",
	"pairs":               "(password)=(",
	"strings":             "password '",
	"strings of names":    "'abcdefgh1J' password ",
	"here":                "<<< ",
	"passfiles":           "a:5432:",
	"fields":              "a:5432:b:c",
	"keys made up":        "akey=a1B2",
	"later values":        "'password' value ",
	"brackets":            "[password] with value [",
	"codes":               "?code=a1B2",
	"question marks":      "? password\n:",
	"heredocs":            "password = <<A\n",
	"heredocs tested":     "password == <<A\n",
	"three quotes":        "password = \"\"\"a\n",
	"three quotes tested": "password == \"\"\"''' ",
	"lists of strings":    "password = [\"",
	"lists of lines":      "password = [\n",
	"serialized":          "\"password\";s:1",
	"ciphers":             "aes_decrypt(a,'",
	"refused values":      "value 'a' for password ",
	"wheres":              "value='a' where name=",
	"elements in lines":   "<password>\n",
	"escaped addresses":   `:\/\/a@b`,
	"conversions":         "DB_PASSWORD: parsing ",
	"conversions open":    "API_KEY cannot parse 'a",
	"dots to nothing":     "DB_PASSWORD.....",
	"lists of options":    "[--password, ",
	"options of lists":    "a, --password, a",
	"objects with names":  "name=/a/pwd, type=a, ",
	"escapes of bytes":    `\x00pwd=a`,
	"connections":         "lookup a:b1@c ",
	"padded infos":        "a:b/+@",
	"names on lines":      "API_KEY\n",
	"names continued":     "API_KEY\\\n",
	"commas":              "API_KEY, a",
	"substitutions":       "'s/pwd/",
	"continued commands":  "curl -su \\\n",
}

// hostileText is the text n times, up to size, with a cut end.
func hostileText(part string, size int) string {
	return strings.Repeat(part, size/len(part)+1)[:size]
}

// TestLinear: a text that is sixteen times as long takes about sixteen times as long, and not the square of it. The
// fastest of a few runs counts.
func TestLinear(t *testing.T) {
	const small, factor = 1 << 14, 16
	for name, part := range hostile {
		for form, redact := range map[string]func(string){
			"Text":  func(s string) { Text(s) },
			"JSON":  func(s string) { JSON([]byte(s)) },
			"Lines": func(s string) { Lines(strings.SplitAfter(s, "\n")) },
		} {
			a := fastest(func() { redact(hostileText(part, small)) })
			b := fastest(func() { redact(hostileText(part, small*factor)) })
			if ratio := float64(b) / float64(max(a, 300*time.Microsecond)); ratio > 4*factor {
				t.Errorf("%s of %s: %d times as long takes %.0f times as long (%v, %v)", form, name, factor, ratio, a,
					b)
			}
		}
	}
}

func fastest(f func()) time.Duration {
	best := time.Hour
	for range 2 {
		start := processorTime()
		f()
		best = min(best, processorTime()-start)
	}
	return best
}

// processorTime is what this process has taken of the processors, whatever else runs beside it.
func processorTime() time.Duration {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkHostile reports how much longer a hostile text of 1 MB takes than a look at each of its bytes.
func BenchmarkHostile(b *testing.B) {
	for name, part := range hostile {
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			text := hostileText(part, 1<<20)
			floor := fastest(func() { sink = letters(text) })
			start := processorTime()
			for b.Loop() {
				Text(text)
				JSON([]byte(text))
			}
			b.ReportMetric(float64(processorTime()-start)/float64(b.N)/float64(floor), "floors")
		})
	}
}

var sink int

// letters is the floor: it looks at each byte of a text.
func letters(s string) int {
	n := 0
	for _, c := range []byte(s) {
		if isNameByte(c) {
			n++
		}
	}
	return n
}
