package redact

import (
	"slices"
	"strings"
	"sync"
)

// client is a command that takes a secret in an argument whose name does not say so.
type client struct {
	names    string // of the program, separated by spaces
	after    string // the word that must stand between it and the secret: docker login
	flags    string // options whose next argument is secret
	glued    string // options that have the secret behind them without a space; as next argument it is something else
	pairs    string // options whose argument is user and secret
	position int    // which argument without an option is secret, counted from one
	slash    bool   // of that argument, what stands behind the slash
	values   string // options whose argument is name=secret
	named    bool   // the argument behind a credential's name is secret
	odd      bool   // the argument is secret only where it is no word: the command is a word of prose too
}

// clients are the commands, each with its own letters: -p is a password to mysql and a port to psql.
var clients = []client{
	{names: "docker podman nerdctl buildah skopeo helm oras crane", after: "login", flags: "-p", glued: "-p"},
	{names: "az cf oc ibmcloud", after: "login", flags: "-p"},
	{names: "cf", after: "auth", position: 2},
	{names: "vault", after: "login", position: 1},
	{names: "sshpass", flags: "-p", glued: "-p"},
	{names: "redis-cli valkey-cli keydb-cli redis-benchmark", flags: "-a"},
	{names: "mysql mysqldump mysqladmin mysqlimport mysqlcheck mysqlshow mysqlpump mysqlslap mysqlbinlog mysqlsh " +
		"mariadb " +
		"mariadb-admin mariadb-dump mariadb-import mariadb-check mariadb-show mariadb-slap mariadb-binlog",
		glued: "-p"},
	{names: "curl", pairs: "-u --user -U --proxy-user --cert -E --proxy-cert", values: "-b"},
	{names: "http https xh", pairs: "-a --auth"},
	{names: "wget", flags: "--http-passwd"},
	{names: "lftp", pairs: "-u --user"},
	{names: "smbclient winexe rpcclient smbmap", pairs: "-U"},
	{names: "smbclient", position: 2, odd: true},
	{names: "requirepass masterauth", position: 1},
	{names: "sqlcmd isql osql tsql bsqldb fisql", flags: "-P", glued: "-P"},
	{names: "bcp", flags: "-P", glued: "-P"},
	{names: "ldapsearch ldapadd ldapmodify ldapdelete ldapcompare ldapwhoami ldapmodrdn ldapexop", flags: "-w",
		glued: "-w"},
	{names: "ldappasswd", flags: "-w -s -a"},
	{names: "mongo mongosh mongodump mongorestore mongoexport mongoimport mongostat mongotop mongofiles", flags: "-p"},
	{names: "cqlsh rabbitmqadmin hdbsql ttisql vsql nzsql", flags: "-p -w -pw"},
	{names: "rabbitmqctl", after: "add_user", position: 2},
	{names: "rabbitmqctl", after: "change_password", position: 2},
	{names: "rabbitmqctl", after: "authenticate_user", position: 2},
	{names: "mosquitto_pub mosquitto_sub mosquitto_rr", flags: "-P"},
	{names: "mysqladmin mariadb-admin", after: "password", position: 1},
	{names: "vault", after: "unseal", position: 1},
	{names: "consul", after: "put", named: true},
	{names: "net", after: "rpc", pairs: "-U"},
	{names: "ACL", after: "SETUSER", glued: ">"},
	{names: "xfreerdp wfreerdp xfreerdp3", glued: "/p:"},
	{names: "zip unzip", flags: "-P"},
	{names: "7z 7za 7zr", glued: "-p"},
	{names: "useradd usermod", flags: "-p"},
	{names: "htpasswd", position: 3},
	{names: "htpasswd", position: 2, odd: true},
	{names: "ipmitool", flags: "-P"},
	{names: "snmpwalk snmpget snmpset snmptrap snmpbulkwalk", flags: "-A -X -c"},
	{names: "plink pscp psftp putty", flags: "-pw"},
	{names: "sqlplus sqlldr impdp expdp rman", position: 1, slash: true},
	{names: "openssl", flags: "-k"},
	{names: "ssh-keygen", flags: "-N -P"},
	{names: "ansible-playbook", flags: "--vault-password"},
	{names: "kubectl oc", after: "secret", values: "--from-literal"},
	{names: "vault", after: "put", values: "*"},
	{names: "vault", after: "write", values: "*"},
	{names: "aws gcloud dotnet npm yarn pnpm pip git gh", after: "set", named: true},
	{names: "poetry composer npm git", after: "config", named: true},
	{names: "poetry composer", after: "config", position: 3},
	{names: "bundle bundler", after: "set", position: 2, odd: true},
	{names: "net", after: "use", position: 1},
	{names: "net", after: "user", position: 2},
	{names: "db2", after: "using", position: 1},
	{names: "pulumi", after: "set", named: true},
	{names: "copilot", after: "init", values: "--values"},
	{names: "az", after: "secret", flags: "--value"},
	{names: "add-user.sh", position: 2},
	{names: "aws", after: "put-parameter", flags: "--value"},
	{names: "cargo", after: "login", position: 1},
	{names: "chamber", after: "write", position: 3},
	{names: "mc", after: "set", position: 4},
	{names: "addauth", position: 2, odd: true},
	{names: "wpa_passphrase", position: 2},
	{names: "AUTH LOGIN", position: 2, odd: true},
	{names: "IDENTIFY", position: 1, odd: true},
	{names: "CONNECT CONN", position: 1, slash: true},
	{names: "ConvertTo-SecureString", position: 1},
}

// anybody is the command that nobody knows: -u and --user take user:password in many.
var anybody = client{pairs: "-u --user"}

// clientNames are the words by which a text that may hold such a command is known.
func clientNames() []string {
	names := []string{" -u ", " --user ", "from-literal", "-stdin", "chpasswd", "sudo -s", "passphrase-fd",
		"with-token", "| kinit "}
	for _, c := range clients {
		if c.after != "" && !c.named && len(c.after) > len("user") && c.names != "vault" {
			names = append(names, c.after)
			continue
		}
		for name := range strings.FieldsSeq(c.names) {
			if len(name) > len("http") {
				names = append(names, name)
			}
		}
	}
	return append(names, "mysql", "curl ", `curl"`, "http -a", "https -a", "xh -a", "lftp", "bcp ", `bcp"`, "zip ",
		`zip"`, "7z ", "7za",
		"configure", "alias set", "cargo login", "<<<", "config ", "net use", "net user", "auth ", "login ", "conn ",
		"user-secrets", " -u", "pulumi", "copilot", "' -u",
		"bundle", "unseal", "acl setuser", "net rpc", "consul kv", "'-p'", `"-p"`)
}

// isOneOf reports whether word is among the words of a list.
func isOneOf(word, list string) bool {
	for rest := list; rest != ""; {
		var next string
		if next, rest, _ = strings.Cut(rest, " "); next == word {
			return true
		}
	}
	return false
}

// command is where one stands among the words of a command line.
type command struct {
	may      []*client // that the program may be, by what is known so far
	pending  argumentKind
	option   bool // the word before is an option
	reached  bool // the word that must stand behind the program has come
	position int  // of arguments since the program, or that word
	reads    bool // an option has it read the secret
	user     bool // an option of a command that nobody knows has named a user
}

type argumentKind int

const (
	ordinary   argumentKind = iota
	whole                   // the secret
	pair                    // user and secret
	assigned                // name=secret
	afterName               // the secret, unless it is a word of prose
	told                    // the secret, where it looks like one
	unlessPort              // the secret, unless it is a port or two
)

// word takes the next word and returns which part of it is secret. In prose a command ends where a word follows that no
// option announces.
func (c *command) word(w string, prose bool) (secret span) {
	pending := c.pending
	c.pending = ordinary
	switch pending {
	case whole:
		return span{0, len(w)}
	case pair:
		return afterSeparator(w, ":%,")
	case assigned:
		return afterSeparator(w, "=")
	case afterName:
		if !prose || !isPlainWord(w) {
			return span{0, len(w)}
		}
		return span{}
	case told:
		if isUnnamed(w) || isSecretLike(w) {
			return span{0, len(w)}
		}
		return span{}
	case unlessPort:
		if strings.Trim(w, "0123456789.:") != "" {
			return span{0, len(w)}
		}
		return span{}
	}
	if w == "<<<" {
		c.pending = told
		if c.reads {
			c.pending = whole
		}
		return span{}
	}
	if may := clientsOf(w); len(may) > 0 {
		*c = command{may: may}
		return span{}
	}
	if len(c.may) == 0 {
		name, value, hasValue := strings.Cut(w, "=")
		switch {
		case isOneOf(w, anybody.pairs):
			c.pending, c.user = pair, true
		case hasValue && isOneOf(name, anybody.pairs):
			c.user = true
			if secret := afterSeparator(value, ":"); secret.to > 0 {
				return span{len(name) + 1 + secret.from, len(w)}
			}
		case w == "-U":
			c.user = true
		case c.user && isOneOf(w, "-p -P -pw"):
			c.pending = unlessPort
		}
		return span{}
	}
	announced := c.option
	c.option = len(w) > 1 && (w[0] == '-' || (w[0] == '/' || w[0] == '>') && gluedIn(w, c.may[0].glued) > 0)
	if c.option {
		c.reads = c.reads || strings.HasSuffix(w, "-stdin") || w == "--with-token"
		return c.flag(w)
	}
	for _, may := range c.may {
		if may.after == w && !c.reached {
			c.may = slices.DeleteFunc(slices.Clone(c.may), func(m *client) bool { return m.after != w })
			c.position, c.reached = 0, true
			return span{}
		}
	}
	if announced && c.may[0].position == 0 && !(c.may[0].named && kindOf(w) == credentialName) {
		return span{}
	}
	c.position++
	for _, may := range c.may {
		switch {
		case may.after != "" && !c.reached:
		case may.values == "*":
			return afterSeparator(w, "=")
		case may.named:
			if kindOf(w[strings.LastIndexByte(w, '/')+1:]) == credentialName {
				c.pending = afterName
				return span{}
			}
		case may.after == "use" && (len(w) == 1 || strings.ContainsAny(w, `:\`)): // a drive, and what it is to be
			c.position--
		case may.slash && c.position == may.position:
			return betweenSlashAndAt(w)
		case prose && isPlainWord(w), may.odd && !isOdd(w[strings.LastIndexByte(w, ':')+1:]):
		case c.position == may.position:
			return span{0, len(w)}
		}
	}
	if prose && strings.HasPrefix(c.may[0].glued, "-") && c.may[0].flags == "" && len(w) > 1 {
		*c = command{}
	}
	return span{}
}

// flag is word for an option.
func (c *command) flag(w string) span {
	name, _, hasValue := strings.Cut(w, "=")
	for _, may := range c.may {
		switch {
		case may.after != "" && !c.reached:
		case isOneOf(w, may.flags):
			c.pending = whole
		case isOneOf(w, may.pairs):
			c.pending = pair
		case isOneOf(w, may.values):
			c.pending = assigned
		case hasValue && len(name)+1 == len(w) && isOneOf(name, may.values):
			c.pending = assigned
		case hasValue && len(name)+1 == len(w) && isOneOf(name, may.pairs):
			c.pending = pair
		case hasValue && isOneOf(name, may.values):
			if value := afterSeparator(w[len(name)+1:], "="); value.to > 0 {
				return span{len(name) + 1 + value.from, len(w)}
			}
		case hasValue && isOneOf(name, may.pairs):
			if value := afterSeparator(w[len(name)+1:], ":%,"); value.to > 0 {
				return span{len(name) + 1 + value.from, len(w)}
			}
		case gluedIn(w, may.glued) > 0:
			return span{gluedIn(w, may.glued), len(w)}
		case may.names == "curl" && len(w) > 2 && len(w) < 6 && w[len(w)-1] == 'u' && isWord(w[1:]):
			c.pending = pair // -su
		case len(w) > 2 && w[1] != '-' && isOneOf(w[:2], may.pairs):
			return afterSeparator(w, ":%")
		}
	}
	return span{}
}

// gluedIn is how long the one of the options is that w begins with and has its argument behind, or 0.
func gluedIn(w, options string) int {
	for option := range strings.FieldsSeq(options) {
		if len(w) > len(option) && strings.HasPrefix(w, option) {
			return len(option)
		}
	}
	return 0
}

// clientsOf are the commands of which w is the program, with a path or without.
func clientsOf(w string) []*client {
	w = strings.TrimSuffix(w[strings.LastIndexAny(w, `/\`)+1:], ".exe")
	if len(w) < 2 || len(w) > 24 {
		return nil
	}
	return clientsByName()[w]
}

var clientsByName = sync.OnceValue(func() map[string][]*client {
	byName := map[string][]*client{}
	for i := range clients {
		for name := range strings.FieldsSeq(clients[i].names) {
			byName[name] = append(byName[name], &clients[i])
		}
	}
	return byName
})

// afterSeparator is what stands behind the first of the separators, but for the numbers of user and group.
func afterSeparator(w, separators string) span {
	at := strings.IndexAny(w, separators)
	if at < 0 || strings.Trim(w[at+1:], "0123456789") == "" && strings.Trim(w[:at], "0123456789") == "" {
		return span{}
	}
	return span{at + 1, len(w)}
}

func betweenSlashAndAt(w string) span {
	slash, at := strings.IndexByte(w, '/'), strings.LastIndexByte(w, '@')
	if slash <= 0 {
		return span{}
	}
	if at < slash {
		at = len(w)
	}
	return span{slash + 1, at}
}

// maskCommands masks the secrets of the commands in a text, in words or as a list of strings.
func maskCommands(s string) string {
	const longestQuoted = 1000
	e := edit{src: s}
	var c command
	for i := 0; i < len(s); {
		switch s[i] {
		case '\n', ';', '|', '&':
			if s[i] != '\n' || i == 0 || s[i-1] != '\\' {
				c = command{}
			}
			i++
			continue
		case ',', '[', ']', '(', ')', '{', '}', '`', '\\':
			i++
			continue
		case '"', '\'':
			if c.pending == ordinary && !c.expects() {
				i++
				continue
			}
			near := s[:min(len(s), i+longestQuoted)]
			if end, closing := endOfString(near, i); closing < len(near) {
				secret := c.word(s[i+1:end], true)
				e.mask(i+1+secret.from, i+1+secret.to)
				i = closing + 1
			} else {
				i++
			}
			continue
		}
		if s[i] <= ' ' {
			i++
			continue
		}
		end := i
		for end < len(s) && !endsWord(s[end]) {
			end++
		}
		to := end
		for to > i && strings.IndexByte(`.,:)]}&\`, s[to-1]) >= 0 {
			to--
		}
		bare := strings.TrimRight(s[i:end], `\`)
		if bare == "echo" || bare == "printf" {
			if said := piped(s, end); said.to > 0 {
				e.mask(said.from, said.to)
				i = said.to
				continue
			}
		}
		if end < len(s) && (s[end] == '"' || s[end] == '\'') && len(bare) == 2 && c.isGlued(bare) {
			near := s[:min(len(s), end+longestQuoted)]
			if _, closing := endOfString(near, end); closing < len(near) && closing > end+1 {
				e.mask(end, closing+1)
				i = closing + 1
				continue
			}
		}
		if end < len(s) && s[end] == '"' && strings.HasSuffix(bare, "/") && c.takesPair() {
			near := s[:min(len(s), end+longestQuoted)]
			if text, closing := endOfString(near, end); closing < len(near) {
				e.mask(end+1, text)
				i = closing + 1
				continue
			}
		}
		secret := c.word(s[i:max(i, to)], true)
		e.mask(i+secret.from, i+secret.to)
		if s[end-1] == ':' && secret == (span{}) && !c.reached {
			c = command{}
		}
		if closing := openingQuote(s, end); closing >= 0 && i > 0 && s[i-1] == s[closing] {
			end = closing + 1
		}
		i = end
	}
	return e.String()
}

// endsWord reports whether no word of a command line holds c.
func endsWord(c byte) bool {
	switch c {
	case '"', '\'', '`', ';', '|':
		return true
	}
	return c <= ' '
}

// piped is what a command such as echo writes to another that reads a password: echo secret | docker login
// --password-stdin.
func piped(s string, start int) span {
	const longest = 300
	near := s[start:min(len(s), start+longest)]
	pipe := strings.IndexByte(near, '|')
	if pipe < 0 {
		return span{}
	}
	reads := line(near[pipe:])
	if !slices.ContainsFunc([]string{"-stdin", "sudo -S", "chpasswd", "passphrase-fd 0", "--with-token", "| kinit "},
		func(reader string) bool { return strings.Contains(reads, reader) }) {
		return span{}
	}
	from := blanks(s, start)
	return span{from, max(from, start+len(strings.TrimRight(near[:pipe], " ")))}
}

// expects reports whether the next argument is secret for its place.
func (c *command) expects() bool {
	for _, may := range c.may {
		if (may.after == "" || c.reached) && !may.slash && c.position+1 == may.position {
			return true
		}
	}
	return false
}

// takesPair reports whether the next argument is user/secret.
func (c *command) takesPair() bool {
	return slices.ContainsFunc(c.may, func(may *client) bool { return may.slash && c.position+1 == may.position })
}

func (c *command) isGlued(option string) bool {
	return len(c.may) > 0 && (c.may[0].after == "" || c.reached) && isOneOf(option, c.may[0].glued)
}
