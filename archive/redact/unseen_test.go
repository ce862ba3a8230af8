package redact

import (
	std64 "encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The files of testdata/unseen are lists of forms that were written without a look at the tables of this package, and
// kept as they were before they were tried. What a list leaked then says how this package does with forms that nobody
// has thought of; what it leaks now, only that these are known. Each form has blanks in ‹›, which fill fills.

// blank is a place in a form, such as ‹P› or ‹A40›.
var blank = regexp.MustCompile(`‹([A-Za-z])([0-9]*)(?::([a-z0-9]+))?›`)

// alphabets are those of the tokens that a form has blanks for.
var alphabets = map[string]string{
	"A": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
	"a": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
	"B": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
	"D": "0123456789",
	"H": "0123456789abcdef",
	"h": "0123456789abcdef",
	"L": "abcdefghijklmnopqrstuvwxyz0123456789",
	"U": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
	"W": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
	"X": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
}

// plainPasswords stand where nothing quotes them, quotedPasswords where something does.
var (
	plainPasswords  = []string{"Kestrel%d!lagoon", "w%dXq-Zr.Tv", "%dbramblewick", "Zm9v%dYmFyYmF6cXV4"}
	quotedPasswords = []string{"Kestrel%d!lagoon", "two wörds %d here", "p@$$;%d,w&rd=x", "Zm9v%dYmFyYmF6cXV4Cg=="}
)

// names of credentials, as software has them.
var (
	upperNames = []string{
		"DB_PASSWORD", "MYSQL_ROOT_PASSWORD", "SECRET_KEY_BASE", "AWS_SECRET_ACCESS_KEY", "STRIPE_SECRET_KEY",
		"JWT_SECRET", "GITHUB_TOKEN", "RABBITMQ_DEFAULT_PASS", "DD_API_KEY", "NEW_RELIC_LICENSE_KEY", "APP_KEY",
		"ARM_CLIENT_SECRET", "MEILI_MASTER_KEY", "RAILS_MASTER_KEY", "CREDENTIALS", "SSL_KEY_PASSPHRASE",
	}
	lowerNames = []string{
		"db_password", "client_secret", "api_key", "accessToken", "refresh_token", "secretAccessKey", "passphrase",
		"encryption_key", "bindPassword", "smtp_pass", "signingKey", "webhook_secret", "apikey", "session_secret",
	}
)

// A filling is what stands in the blanks of one document.
type filling struct {
	random *rand.Rand
	number int
	names  int
	vendor string
}

func (f *filling) token(kind string, length int) string {
	alphabet := alphabets[kind]
	token := make([]byte, length)
	for i := range token {
		token[i] = alphabet[f.random.IntN(len(alphabet))]
	}
	return string(token)
}

// fill returns the form without blanks, and the secrets in it.
func (f *filling) fill(form string) (document string, secrets []string) {
	document = blank.ReplaceAllStringFunc(form, func(place string) string {
		parts := blank.FindStringSubmatch(place)
		kind, length, as := parts[1], parts[2], parts[3]
		n, _ := strconv.Atoi(length)
		var secret string
		switch {
		case kind == "N":
			return upperNames[f.names%len(upperNames)]
		case kind == "n":
			return lowerNames[f.names%len(lowerNames)]
		case kind == "v":
			return f.vendor
		case kind == "V":
			return strings.ToUpper(f.vendor)
		case kind == "P":
			secret = fmt.Sprintf(plainPasswords[f.number%len(plainPasswords)], 10000+f.random.IntN(90000))
		case kind == "Q":
			secret = fmt.Sprintf(quotedPasswords[f.number%len(quotedPasswords)], 10000+f.random.IntN(90000))
		case kind == "U" && n == 0:
			h := f.token("H", 32)
			secret = h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:]
		case kind == "B" && n == 64:
			secret = f.token(kind, 64)
		default:
			secret = f.token(kind, n)
		}
		switch as {
		case "b64":
			secret = std64.StdEncoding.EncodeToString([]byte(secret))
		case "b64url":
			secret = url.QueryEscape(std64.StdEncoding.EncodeToString([]byte(secret)))
		case "basic":
			secret = std64.StdEncoding.EncodeToString([]byte("app:" + secret))
		case "plain":
			secret = std64.StdEncoding.EncodeToString([]byte("\x00app\x00" + secret))
		case "url":
			secret = url.QueryEscape(secret)
		}
		secrets = append(secrets, secret)
		return secret
	})
	return document, secrets
}

// showsHalf reports whether a text has a secret or half of it.
func showsHalf(text, secret string) bool {
	if len(secret) < 12 {
		return strings.Contains(text, secret)
	}
	half := len(secret) / 2
	return strings.Contains(text, secret[:half]) || strings.Contains(text, secret[half:])
}

// A form is a text with blanks, and where it is from.
type form struct{ from, text string }

func formsOf(t testing.TB, name string) (forms []form) {
	for _, block := range strings.Split("\n"+unseenFile(t, name), "\n%% ")[1:] {
		from, text, _ := strings.Cut(block, "\n")
		forms = append(forms, form{from, strings.TrimSuffix(text, "\n")})
	}
	return forms
}

// rowsOf are the two columns of a table.
func rowsOf(t *testing.T, name string) (rows []form) {
	for line := range strings.Lines(unseenFile(t, name)) {
		from, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			t.Fatalf("%s: a line without a tab: %q", name, line)
		}
		rows = append(rows, form{from, text})
	}
	return rows
}

func unseenFile(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "unseen", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// tokenPlaces are the places in which a token stands that nothing names.
var tokenPlaces = []string{"%s", "request with %s was refused", `sent "%s" twice`, "(%s)", "\t%s;", "x=%s", "a,%s,b"}

// leakCount is what a list leaked.
type leakCount struct {
	documents, leaks int
	forms            []string // that leaked, in order
	leaking          map[string]string
	written          strings.Builder
	again            string // what changed when it was redacted once more
}

// try puts one document through each way in which a text comes.
func (c *leakCount) try(from, document string, secrets []string) {
	inJSON, _ := json.Marshal(map[string]any{"reason": document})
	text := Text(document)
	if again := Text(text); again != text && c.again == "" {
		c.again = fmt.Sprintf("%s: %q became %q", from, text, again)
	}
	for _, out := range []string{
		text,
		Text("ResourceInitializationError: " + document),
		strings.Join(Lines(strings.Split(document, "\n")), "\n"),
		JSON(inJSON),
	} {
		c.documents++
		c.written.WriteString(out + "\n")
		if !slices.ContainsFunc(secrets, func(secret string) bool { return showsHalf(out, secret) }) {
			continue
		}
		c.leaks++
		if _, known := c.leaking[from]; !known {
			c.forms, c.leaking[from] = append(c.forms, from), out
		}
	}
}

// TestUnseen holds how much leaks of each list. What is left stands where nobody could know it without knowing the
// program: the second of two arguments in a trace, a field of a struct without names, an argument of a command that few
// use, the answer to a challenge in base 64; or it is an id or a signature.
func TestUnseen(t *testing.T) {
	tests := []struct {
		list    string
		first   float64 // what leaked of 100 documents when the list was tried for the first time
		allowed float64 // what may
		measure func(c *leakCount)
	}{
		{"documented", 13.9, 1, func(c *leakCount) { tryForms(t, c, "documented.txt") }},
		{"accidents", 20.4, 1.5, func(c *leakCount) { tryForms(t, c, "accidents.txt") }},
		{"shapes", 10.8, 1, func(c *leakCount) { tryShapes(t, c) }},
		{"keyworded", 9.0, 0, func(c *leakCount) { tryKeyworded(t, c) }},
		{"reported", 13.2, 4, func(c *leakCount) { tryForms(t, c, "reported.txt") }},
		{"services", 14.7, 7.5, func(c *leakCount) { tryForms(t, c, "services.txt") }},
		{"last", 1.5, 0, func(c *leakCount) { tryForms(t, c, "last.txt") }},
		{"measured", 1.6, 0, func(c *leakCount) { tryForms(t, c, "measured.txt") }},
		{"families", 7.2, 0.4, func(c *leakCount) { tryForms(t, c, "families.txt") }},
		{"complaints", 13.8, 0, func(c *leakCount) { tryForms(t, c, "complaints.txt") }},
	}
	for _, test := range tests {
		t.Run(test.list, func(t *testing.T) {
			c := &leakCount{leaking: map[string]string{}}
			test.measure(c)
			for _, form := range c.forms {
				t.Logf("leaks: %s: %q", form, c.leaking[form])
			}
			keep(t, "unseen-"+test.list+".txt", c.written.String())
			if c.again != "" {
				t.Errorf("Text is not idempotent: %s", c.again)
			}
			rate := 100 * float64(c.leaks) / float64(c.documents)
			t.Logf("%s: %d of %d documents leak (%.1f %%, %.1f at first), of %d forms",
				test.list, c.leaks, c.documents, rate, test.first, len(c.forms))
			if rate > test.allowed {
				t.Errorf("%.1f %% leak, more than %.1f %%", rate, test.allowed)
			}
		})
	}
}

// tryShapes tries each token in each place where nothing names it.
func tryShapes(t *testing.T, c *leakCount) {
	for i, shape := range rowsOf(t, "shapes.txt") {
		for _, place := range tokenPlaces {
			f := &filling{random: rand.New(rand.NewPCG(7, uint64(i)))}
			document, secrets := f.fill(shape.text)
			c.try(shape.from, fmt.Sprintf(place, document), secrets)
		}
	}
}

// tryKeyworded tries each token that only its issuer's name tells, in each form of a language.
func tryKeyworded(t *testing.T, c *leakCount) {
	for i, vendor := range rowsOf(t, "keyworded.txt") {
		for _, form := range formsOf(t, "keyworded-forms.txt") {
			f := &filling{random: rand.New(rand.NewPCG(8, uint64(i))), vendor: vendor.from}
			secret, _ := f.fill(vendor.text)
			document, _ := f.fill(strings.ReplaceAll(form.text, "‹S›", secret))
			c.try(form.from, document, []string{secret})
		}
	}
}

func tryForms(t *testing.T, c *leakCount, name string) {
	for i, form := range formsOf(t, name) {
		named := 1
		if strings.Contains(form.text, "‹N›") || strings.Contains(form.text, "‹n›") {
			named = 4
		}
		for number := range 4 {
			for n := range named {
				f := &filling{
					random: rand.New(rand.NewPCG(uint64(i), uint64(number*16+n))),
					number: number, names: 4*i + number + 5*n,
				}
				document, secrets := f.fill(form.text)
				c.try(form.from, document, secrets)
			}
		}
	}
}

// TestCutAnywhere: a text may end at any byte.
func TestCutAnywhere(t *testing.T) {
	for _, list := range []string{"documented.txt", "accidents.txt", "reported.txt", "services.txt", "last.txt",
		"measured.txt", "families.txt", "complaints.txt"} {
		for i, form := range formsOf(t, list) {
			f := &filling{random: rand.New(rand.NewPCG(9, uint64(i)))}
			document, _ := f.fill(form.text)
			for end := range min(len(document), 400) {
				for _, cut := range []string{document[:end], document[len(document)-end:]} {
					text := Text(cut)
					if again := Text(text); again != text {
						t.Fatalf("%s: %q became %q and then %q", form.from, cut, text, again)
					}
					JSON([]byte(cut))
					Lines(strings.Split(cut, "\n"))
				}
			}
		}
	}
}
