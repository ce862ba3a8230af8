package lastwords

// Forms are tried in their order; the first that fits counts.
var Forms = []Form{
	{ID: "wrapper", Of: "npm, yarn, make, supervisord, gunicorn, Spring Boot, the Erlang VM", Weak: true,
		Has: []string{"npm", "error command", "err_pnpm", "elifecycle", "make: ", "exit", "gave up", "boot",
			"haltserver", "application", "kernel pid", "runtime terminating", "crash dump", "worker", "shutting down",
			"command", "process", "rake", "tasks: top", "aborted", "script", "app ", "nodemon", "unhandled exception"},
		Match: `^(?:npm (?:ERR!|error)|(?i:error command failed)|(?i:err_pnpm)|.*ELIFECYCLE|make: \*\*\*|exited: \S+ \(exit status|` +
			`(?i:gave up: )|Reason: Worker failed to boot|Worker failed to boot|.*HaltServer|Application run failed|` +
			`Application startup failed|Error starting ApplicationContext|` +
			`Kernel pid terminated|Runtime terminating during boot|Crash dump|Worker exiting|Exception in worker process|` +
			`Worker \(pid:\d+\) exited|Shutting down: Master|[Cc]ommand failed|Command "[^"]*" failed|exit(?:ed)? (?:with )?(?:status|code) \d+|` +
			`[Pp]rocess exited|Process '[^']*' exited|ExitCode: \d+|child process exited|APPLICATION FAILED TO START|Unhandled exception$|` +
			`SystemExit: |.*rake aborted!|Tasks: TOP|bin/rails aborted!|error: script |error Command|app crashed|App failed to load|` +
			`\[nodemon\]|Aborted(?: +\(core dumped\))?$|.* lifecycle script |Application \S+ exited: )`,
		Example: "npm error code ELIFECYCLE", Tells: "npm error code ELIFECYCLE"},
	{ID: "spring-description", Of: "Spring Boot", Has: []string{"description:"},
		Match: `^Description:$`, Joins: 1,
		Example: "***************************\nAPPLICATION FAILED TO " +
			"START\n***************************\n\nDescription:\n\n" +
			"Web server failed to start. Port 8080 was already in use.\n\nAction:\n\nIdentify and stop the process " +
			"that's listening on port 8080 or configure this application to listen on another port.",
		Tells: "Description: Web server failed to start. Port 8080 was already in use."},
	{ID: "go-panic", Of: "Go", Has: []string{"panic: "},
		Match: `^(panic: .+?)(?: \[recovered\])?$`, Inside: true,
		Example: "panic: DATABASE_URL is not set\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:14 " +
			"+0x1d\nexit status 2",
		Tells: "panic: DATABASE_URL is not set"},
	{ID: "go-fatal", Of: "Go", Has: []string{"fatal error: "},
		Match:   `^(fatal error: .+)`,
		Example: "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\nmain.main()",
		Tells:   "fatal error: all goroutines are asleep - deadlock!"},
	{ID: "java-caused-by", Of: "Java, Kotlin, Scala", Has: []string{"caused by: "},
		Match: `^Caused by: (.+)`, Inside: true,
		Example: "Exception in thread \"main\" java.lang.IllegalStateException: start failed\n\tat " +
			"shop.Main.main(Main.java:9)\n" +
			"Caused by: org.postgresql.util.PSQLException: The connection attempt failed.\n\tat " +
			"shop.Db.open(Db.java:31)\n" +
			"Caused by: java.net.UnknownHostException: orders-db\n\t... 12 more",
		Tells: "java.net.UnknownHostException: orders-db"},
	{ID: "java-uncaught", Of: "Java, Kotlin, Scala", Has: []string{"exception in thread"},
		Match: `^Exception in thread "[^"]*" (.+)`,
		Example: "Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space\n\tat " +
			"shop.Cache.fill(Cache.java:40)",
		Tells: "java.lang.OutOfMemoryError: Java heap space"},
	{ID: "java-launcher", Of: "the java program",
		Has: []string{"error: ", "error occurred during initialization", "no main manifest", "terminating due to",
			"unrecognized vm option"},
		Match: `^(?:Error: (?:Unable to access jarfile|Could not find or load main class|A JNI error|LinkageError|Main method not found) ?.*|Error occurred during initialization of VM|no main manifest attribute, in .+|Terminating due to java\.lang\.OutOfMemoryError: .+|Unrecognized VM option .+)`,
		Joins: 1, Example: "Error occurred during initialization of VM\nCould not reserve enough space for 4194304KB " +
			"object heap",
		Tells: "Error occurred during initialization of VM Could not reserve enough space for 4194304KB object heap"},
	{ID: "dotnet-inner", Of: ".NET", Has: []string{"---> "},
		Match: `^ *---> (?:\(Inner Exception #\d+\) )?(.+)`, Inside: true,
		Example: "Unhandled exception. System.InvalidOperationException: cannot start\n" +
			" ---> System.Net.Sockets.SocketException (111): Connection refused 10.0.3.7:5432\n   at " +
			"Shop.Program.Main()",
		Tells: "System.Net.Sockets.SocketException (111): Connection refused 10.0.3.7:5432"},
	{ID: "dotnet-uncaught", Of: ".NET", Has: []string{"unhandled exception"},
		Match: `^Unhandled [Ee]xception[.:] (.+)`,
		Example: "Unhandled exception. System.ArgumentNullException: Value cannot be null. (Parameter " +
			"'connectionString')\n   at Shop.Program.Main()",
		Tells: "System.ArgumentNullException: Value cannot be null. (Parameter 'connectionString')"},
	{ID: "node-cause", Of: "Node.js", Has: []string{"[cause]: "},
		Match: `^\[cause\]: (.+)`, Inside: true,
		Example: "TypeError: fetch failed\n    at node:internal/deps/undici/undici:12345:11 {\n" +
			"  [cause]: Error: getaddrinfo ENOTFOUND prices.shop.local\n      at GetAddrInfoReqWrap.onlookup",
		Tells: "Error: getaddrinfo ENOTFOUND prices.shop.local"},
	{ID: "node-rejection", Of: "Node.js",
		Has:   []string{"unhandled"},
		Match: `^\[?Unhandled(?:PromiseRejection|Rejection).*?reason "(.+?)"\.?\]?(?: \{)?$`,
		Example: "[UnhandledPromiseRejection: This error originated either by throwing inside of an async function " +
			"without a catch block, " +
			"or by rejecting a promise which was not handled with .catch(). The promise rejected with the reason " +
			"\"config is empty\".] {",
		Tells: "config is empty"},
	{ID: "node-heap", Of: "Node.js",
		Has:   []string{"allocation failed"},
		Match: `^((?:Reached heap limit|Ineffective mark-compacts near heap limit|CALL_AND_RETRY_LAST|Scavenger: semi-space copy|MarkCompactCollector: \S+|invalid array length) ?Allocation failed.*)`,
		Example: "<--- Last few GCs --->\n\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out " +
			"of memory\n 1: 0xb7a940 node::Abort() [node]",
		Tells: "Reached heap limit Allocation failed - JavaScript heap out of memory"},
	{ID: "ruby-uncaught", Of: "Ruby", Has: []string{"error)", "::", "exit)", "interrupt)"},
		Match: `^(?:\S*:\d+:in )?[\x60'].{1,120}?': (.+ \([A-Z]\w*(?:::\w+)*\))`,
		Example: "/app/config/boot.rb:4:in `fetch': key not found: \"SECRET_KEY_BASE\" (KeyError)\n\tfrom " +
			"/app/config/boot.rb:4:in `<main>'",
		Tells: "key not found: \"SECRET_KEY_BASE\" (KeyError)"},
	{ID: "php-fatal", Of: "PHP",
		Has:   []string{"fatal error: ", "parse error: "},
		Match: `^(?:PHP )?(?:Fatal|Parse) error: +(?:Uncaught )?(.+?)(?: in \S+(?::\d+| on line \d+))?$`,
		Example: "PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] [2002] Connection refused in " +
			"/var/www/src/Db.php:17\nStack trace:\n#0 {main}\n  thrown in /var/www/src/Db.php on line 17",
		Tells: "PDOException: SQLSTATE[HY000] [2002] Connection refused"},
	{ID: "rust-panic", Of: "Rust", Has: []string{"panicked at"},
		Match: `^thread '.*?'(?: \(\d+\))? panicked at [^'].*:\d+:\d+:$`, Joins: 1,
		Example: "thread 'main' panicked at src/main.rs:12:34:\nREDIS_URL must be set: NotPresent\nnote: run with " +
			"`RUST_BACKTRACE=1` environment variable to display a backtrace",
		Tells: "thread 'main' panicked at src/main.rs:12:34: REDIS_URL must be set: NotPresent"},
	{ID: "rust-panic-old", Of: "Rust", Has: []string{"panicked at"},
		Match:   `^thread '.*?' panicked at '(.+)', \S+:\d+:\d+$`,
		Example: "thread 'main' panicked at 'no configuration', src/main.rs:12:34",
		Tells:   "no configuration"},
	{ID: "elixir-error", Of: "Elixir", Has: []string{"** ("},
		Match: `^(?:.*?\*\* )?\*\* (\([A-Z][\w.]*\) .+)`, Inside: true,
		Example: "** (RuntimeError) environment variable SECRET_KEY_BASE is missing.\n    " +
			"/app/releases/0.1.0/runtime.exs:30: (file)",
		Tells: "(RuntimeError) environment variable SECRET_KEY_BASE is missing."},
	{ID: "cpp-terminate", Of: "C++", Has: []string{"terminate called"},
		Match: `^terminate called after throwing an instance of .+`, Joins: 1,
		Example: "terminate called after throwing an instance of 'std::runtime_error'\n  what():  no configuration",
		Tells:   "terminate called after throwing an instance of 'std::runtime_error' what(): no configuration"},
	{ID: "loader", Of: "the dynamic loader, glibc",
		Has:   []string{"shared librar", "not found", "glibc error", "error relocating", "exec format error"},
		Match: `^(\S*: error while loading shared libraries: .+|\S+: /\S+: version .* not found.*|Fatal glibc error: .+|Error loading shared library .+|Error relocating .+|exec format error|.*[Ee]xec format error)$`,
		Example: "/app/server: error while loading shared libraries: libpq.so.5: cannot open shared object file: No " +
			"such file or directory",
		Tells: "/app/server: error while loading shared libraries: libpq.so.5: cannot open shared object file: No " +
			"such file or directory"},
	{ID: "tini", Of: "tini, dumb-init, docker-init, env",
		Has:     []string{"failed", "no such file or directory", "permission denied", "exec format error"},
		Match:   `^(?:\[FATAL tini \(\d+\)\] |\[dumb-init\] )?((?:exec \S+|\S+: |env: ).*(?:failed: .+|: (?:No such file or directory|Permission denied|Exec format error)))$`,
		Example: "[FATAL tini (7)] exec /app/server failed: No such file or directory",
		Tells:   "exec /app/server failed: No such file or directory"},
	{ID: "shell", Of: "a shell",
		Has: []string{"not found", "permission denied", "is a directory", "cannot execute", "exec format error",
			"unbound variable", "parameter not set", "bad substitution", "no such file or directory", "syntax error"},
		Match:   `^((?:\S*[/.-])?(?:(?:ba|da|a|k)?sh|exec|env|entrypoint)\b.*: (?:(?i:(?:command )?not found|permission denied|is a directory|cannot execute.*|exec format error|unbound variable|parameter not set.*|bad substitution|no such file or directory)|[Ss]yntax error.*))$`,
		Example: "/bin/sh: 1: gunicorn: not found", Tells: "/bin/sh: 1: gunicorn: not found"},
	{ID: "native-crash", Of: "the kernel, libc, a shell",
		Has: []string{"segmentation fault", "illegal instruction", "bus error", "floating point", "*** ",
			"free(): ", "malloc", "double free", "assertion", "# "},
		Match:   `^((?:Segmentation fault|Illegal instruction|Bus error|Floating point exception)(?: +\(core dumped\))?.*|\*\*\* .* \*\*\*:? ?.*|free\(\): .+|malloc.*: .+|double free .+|.*: Assertion [\x60'].*' failed\.?.*|# +SIG\w+ \(0x.*|# A fatal error has been detected by the Java Runtime Environment:)$`,
		Example: "Segmentation fault (core dumped)", Tells: "Segmentation fault (core dumped)"},
	{ID: "exception", Of: "Python, Node.js, Java, Kotlin, Ruby and others",
		Has:   []string{"err", "exception", "failure", "fault", "interrupt"},
		Match: `^(?:Uncaught )?((?:[A-Za-z_$][\w$]*[.:]{1,2})*[A-Z][\w$]*(?:Error|Exception|Failure|Fault|Interrupt|Err)(?: \[\w+\]| \(\w+\))?(?:: .*|:?$))`,
		Joins: 0,
		Example: "Traceback (most recent call last):\n  File \"/app/main.py\", line 3, in <module>\n    " +
			"os.environ[\"API_KEY\"]\n" +
			"KeyError: 'API_KEY'",
		Tells: "KeyError: 'API_KEY'"},
	{ID: "error-word", Of: "Node.js, command-line programs, Rust",
		Has:   []string{"error", "fatal"},
		Match: `^(?:[\w.-]{1,30}: )?(?:[Ee]rror|[Ff]atal)(?: \[\w+\])?: (.+)`,
		Example: "Error: Cannot find module '/app/server.js'\n    at Module._resolveFilename " +
			"(node:internal/modules/cjs/loader:1225:15)",
		Tells: "Cannot find module '/app/server.js'"},
}

// What a line is by the lines above it, or by the level that the program gave it.
var (
	pythonEnd  = Form{ID: "python-end", Of: "Python"}
	fatalLevel = Form{ID: "fatal-level", Of: "structured and other logs"}
)
