package lastwords

// Pieces of patterns.
const (
	variable = `(?P<variable>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z]{4,})`
	quoted   = `["'\x60“‘]?`
	file     = `(?P<file>[\w./@~+-]*[\w/@~+-])`
	itself   = `(?:localhost|127\.0\.0\.1|\[?::1\]?)`
)

// Signs are tried in their order; the first that fits counts, so sharper words stand before blunter ones.
var Signs = []Sign{
	{ID: "aws-denied", Says: "AWS does not let[ {role}|the task] call {action|what it called}[ on {resource}]",
		Has: []string{"not authorized to perform", "accessdenied", "unauthorizedoperation", "access denied",
			"not authorized to access", "forbidden: user"},
		Match: []string{
			`assumed-role/(?P<role>[\w+=,.@-]+)/\S+ is not authorized to perform: (?P<action>[\w-]+:\w+)(?: on resource: (?P<resource>arn:[^\s"'),]+|\S+?)[\s"'),.]|)`,
			`is not authorized to perform: (?P<action>[\w-]+:\w+)(?: on resource: (?P<resource>arn:[^\s"'),]+))?`,
			`\((?:AccessDenied\w*|UnauthorizedOperation|AuthorizationError\w*)\) when calling the (?P<action>\w+) operation`,
			`operation error (?P<action>[\w ]+: \w+),.*(?:AccessDenied|UnauthorizedOperation|StatusCode: 403)`,
			`(?:AccessDenied(?:Exception)?|UnauthorizedOperation|Access Denied)\b.*\(Service: (?P<action>[\w ]+)[,;]`,
			`^(?:\w+: )*(?:AccessDenied|AccessDeniedException|UnauthorizedOperation): `,
		},
		Cause: "task-role-denied", Owner: Access,
		Next: "allow {action|the call} [on {resource} ]in the policy of {role|the task role}, not of the execution " +
			"role; then look " +
			"for a denial in the policy of what is called, of its key and of the VPC endpoint",
		Example: "botocore.exceptions.ClientError: An error occurred (AccessDeniedException) when calling the " +
			"GetItem operation: User: " +
			"arn:aws:sts::210987654321:assumed-role/orders-task/5f0e1d2c is not authorized to perform: " +
			"dynamodb:GetItem on " +
			"resource: arn:aws:dynamodb:eu-north-1:210987654321:table/orders because no identity-based policy allows " +
			"it",
		Names: map[string]string{"role": "orders-task", "action": "dynamodb:GetItem",
			"resource": "arn:aws:dynamodb:eu-north-1:210987654321:table/orders"}},
	{ID: "aws-credentials", Says: "the program found no AWS credentials",
		Has: []string{"credential", "security token", "expiredtoken", "imds role"},
		Match: []string{
			`(?i)unable to locate credentials|NoCredentialProviders|could not load credentials from any providers|` +
				`unable to load (?:aws )?credentials|no ec2 imds role found|failed to (?:refresh cached|retrieve) credentials|` +
				`missing credentials in config|NoCredentialsError|CredentialsProviderError|security token included in the request is (?:expired|invalid)|ExpiredToken|` +
				`unable to get iam security credentials`},
		Cause: "task-role-denied", Owner: Access,
		Next: "name a taskRoleArn in {theDefinition|the task definition}, and take keys out of the " +
			"environment that stand " +
			"before it",
		Example: "botocore.exceptions.NoCredentialsError: Unable to locate credentials"},
	{ID: "variable-missing", Says: "{variable|a setting} is not set",
		Has: []string{"variable", "is not set", "not set", "is required", "keyerror", "missing", "not defined",
			"must be set", "must be defined",
			"must be provided", "must specify", "must set", "parameter not set", "is unset", "key not found",
			"could not resolve placeholder",
			"undefined array key", "undefined index", "notpresent", "not provided", "not configured", "is empty",
			"must not be empty", "cannot be empty", "undefined"},
		Match: []string{
			`Could not resolve placeholder '(?P<variable>[\w.-]+)`,
			`KeyError: '` + variable + `'`,
			`key not found: ["']` + variable,
			variable + `: (?:unbound variable|parameter (?:not set|null or not set)|must be set|is required|is not set|not set)`,
			`(?i:environment|env|config(?:uration)?)[ _-]?(?i:variables?|vars?|key|value|setting)?(?i: not found| missing| not set| required| is missing)?:? ` +
				quoted + variable + quoted,
			`(?i:missing|set|specify|provide|define|requires?|required|no)(?: the| required| a| an| key| mandatory)*(?: env(?:ironment)?(?: variables?| vars?)?)?:? ` +
				quoted + variable + quoted + `(?:$|[\s,.;:()])`,
			quoted + variable + quoted +
				` ?(?:\([^)]*\) )?(?:(?i:env(?:ironment)? ?(?:variable|var)?|secret|key|setting) )?(?i:is|was|are|must|has|cannot|can't|needs?)(?i: not)?(?i: be)?(?i: been)? ?(?i:set|required|missing|undefined|empty|unset|defined|provided|configured|specified|blank|null)`,
			`Undefined (?:array key|index:?) "?` + variable,
			`(?P<variable>[a-z][a-z0-9_]*|[A-Z][A-Z0-9_]*) (?:Field required|field required \(type=value_error\.missing\))`,
			`(?i)environment variable not found: (?P<variable>\w+)`,
			`(?i)(?:environment|env) (?:variable|var)s? ["'\x60]?(?P<variable>\w+)["'\x60]? (?:is |was |must |has )?(?:not|missing|be set|undefined|required|unset)`,
		},
		Cause: "app-config", Owner: Deployers,
		Next: "give {culprit|the container} {variable|the setting} in environment or secrets of " +
			"{theDefinition|the task definition}, and compare them with the last revision that ran",
		Example: "panic: required environment variable DATABASE_URL is not set",
		Names:   map[string]string{"variable": "DATABASE_URL"}},
	{ID: "aws-region", Says: "the program does not know which AWS Region to call",
		Has: []string{"region"},
		Match: []string{
			`(?i)you must specify a region|region is missing|missing region|could not find region|unable to (?:load|find) (?:a )?region|` +
				`NoRegionError|no region (?:provided|configured|set)|an AWS region is required`},
		Cause: "app-config", Owner: Deployers,
		Next: "set AWS_REGION in the environment of {culprit|the container}, or the Region in the program's " +
			"configuration",
		Example: "botocore.exceptions.NoRegionError: You must specify a region."},
	{ID: "address-in-use", Says: "port {port|of the program} is already taken inside the task",
		Has: []string{"address already in use", "eaddrinuse", "address in use", "was already in use",
			"is already in use", "only one usage of each socket", "failed (98", "os error 98",
			"port is already allocated"},
		Match: []string{
			`(?:EADDRINUSE|already in use|in use).*?[:\]](?P<port>\d{2,5})\b`,
			`[Pp]ort (?P<port>\d{2,5}) (?:is|was) already in use`,
			`(?:listen|bind)\S*.*?:(?P<port>\d{2,5})\b.*(?:in use|\(98)`, `\((?:'[^']*'|"[^"]*"), (?P<port>\d{2,5})\)`,
			`http://\S+?:(?P<port>\d{2,5})\b.*in use`,
			`(?i)address (?:already )?in use|EADDRINUSE|only one usage of each socket|already in use`},
		Cause: "port-taken-in-task", Owner: Deployers,
		Next: "let {culprit|the container} listen on another port: all containers of a task in awsvpc mode share one " +
			"address, and a " +
			"second process of the program takes the same port",
		Example: "Error: listen EADDRINUSE: address already in use :::3000", Names: map[string]string{"port": "3000"}},
	{ID: "port-denied", Says: "the program may not listen on port {port|below 1024}",
		Has: []string{"permission denied", "eacces", "failed (13"},
		Match: []string{`(?:listen|bind)\S* .*?:(?P<port>\d{1,4})\b.*(?:permission denied|Permission denied)`,
			`listen EACCES: permission denied \S*?:(?P<port>\d{1,4})\b`, `\('[^']*', (?P<port>\d{1,4})\)`},
		Cause: "file-not-allowed", Owner: Deployers,
		Next:    "listen on a port of 1024 or above, or run {culprit|the container} as a user who may take this one",
		Example: "bind() to 0.0.0.0:80 failed (13: Permission denied)", Names: map[string]string{"port": "80"}},
	{ID: "certificate", Says: "the certificate of {peer|the server} is not trusted",
		Has: []string{"certificate", "x509", "pkix", "self_signed", "self-signed", "verify_leaf", "tls", "ssl"},
		Match: []string{
			`(?i)certificate[ _]verify[ _]failed|x509: |unable to (?:get local issuer|verify the first) certificate|self[ -_]signed certificate|` +
				`PKIX path building failed|certificate (?:has expired|is not yet valid|signed by unknown authority|is not trusted)|` +
				`UNABLE_TO_VERIFY_LEAF_SIGNATURE|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_HAS_EXPIRED|remote certificate (?:is invalid|was rejected)|` +
				`SSLHandshakeException|SSL routines|tls: (?:handshake failure|failed to verify|bad certificate|unknown certificate)|` +
				`ERR_TLS_CERT_ALTNAME_INVALID|SSL(?:Error| error)|wrong version number|server does not support SSL|SSL connection is required|invalid peer certificate`},
		Peer: true, Cause: "certificate-not-trusted", Owner: Deployers,
		Next: "put the certificate authority of {peer|the server} into the trust store of image {culpritImage|of the " +
			"container}, or " +
			"correct the name, the expiry or the TLS setting that the line complains of",
		Example: "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: " +
			"self-signed certificate in certificate chain (_ssl.c:1000)"},
	{ID: "login-refused", Says: "{peer|the service} refuses the login[ of {user}]",
		Has: []string{"authentication", "access denied for user", "login failed", "wrongpass", "noauth",
			"login was refused", "pg_hba", "ora-01017", "access_refused", "invalid username", "bad auth",
			"unauthorized", "invalid password", "invalid_client", "role \""},
		Match: []string{`(?i)password authentication failed for user "?(?P<user>[\w.@$-]+)`,
			`Access denied for user '(?P<user>[^'@]+)'@'[^']*'`,
			`Login failed for user '(?P<user>[^']+)'`,
			`(?i)no pg_hba\.conf entry for host "[^"]*", user "(?P<user>[^"]+)"`,
			`role "(?P<user>[^"]+)" does not exist`,
			`WRONGPASS|NOAUTH|(?i:ACCESS_REFUSED|login was refused|ORA-01017|authentication failed|authentication failure|` +
				`authentication unsuccessful|authentication required|bad auth|sasl authentication|invalid username or password|` +
				`invalid username-password pair|401 unauthorized|unauthorized_client|invalid_client)`},
		Peer: true, Cause: "needed-service-login", Owner: Deployers,
		Next: "correct user and password that {culprit|the container} gets for {peer|the service}: ECS reads a " +
			"secret when a task " +
			"starts, and a value that was rotated reaches new tasks alone",
		Example: "psycopg2.OperationalError: connection to server at \"orders-db.shop.local\" (10.0.3.7), port 5432 " +
			"failed: FATAL:  password authentication failed for user \"orders\"",
		Names: map[string]string{"user": "orders", "host": "orders-db.shop.local", "port": "5432"}},
	{ID: "connections-used-up", Says: "{peer|the service} takes no more connections",
		Has: []string{"too many clients", "too many connections", "remaining connection slots",
			"max number of clients", "connection pool", "maxclients", "too_many_connections"},
		Match: []string{
			`(?i)too many (?:clients already|connections)|remaining connection slots|max number of clients reached|maxclients|timed out fetching a new connection from the connection pool`},
		Peer: true, Cause: "needed-service-unreachable", Owner: Data,
		Next: "count the connections to {peer|the service}: tasks times pool size must stay below its limit; " +
			"close idle ones, make the pools smaller or use a proxy",
		Example: "FATAL:  remaining connection slots are reserved for non-replication superuser connections"},
	{ID: "name-unresolved", Says: "the name {host|of a service} does not resolve",
		Has: []string{"enotfound", "eai_again", "no such host", "name or service not known",
			"temporary failure in name resolution", "unknownhost",
			"could not translate host name", "host not found in upstream", "unknown mysql server host", "getaddrinfo",
			"could not resolve", "couldn't resolve",
			"nxdomain", "failed to lookup address", "nodename nor servname", "no address associated",
			"name does not resolve", "unable to resolve", "failed to resolve", "name resolution"},
		Match: []string{
			`(?:ENOTFOUND|EAI_AGAIN) (?P<host>[\w.-]+)`,
			`lookup (?P<host>[\w.-]+?)\.?(?: on \S+)?:.*(?:no such host|server misbehaving|i/o timeout)`,
			`could not translate host name "(?P<host>[^"]+)"`,
			`host not found in upstream "(?P<host>[^":]+)(?::(?P<port>\d+))?`,
			`Unknown MySQL server host '(?P<host>[^']+)'`, `UnknownHostException: (?P<host>[\w.-]+)`,
			`(?i:could ?n[o']t resolve (?:host(?:name)?|name)?:? ?)["'\x60]?(?P<host>[\w.-]+)`,
			`getaddrinfo for (?P<host>[\w.-]+) failed`,
			`(?i:(?:failed|unable) to resolve(?: host| name| '| address)?:? ?)["'\x60]?(?P<host>[\w.-]+)`,
			`(?:Name or service not known|No such host is known\.?|Name does not resolve) \((?P<host>[\w.-]+):(?P<port>\d+)\)`,
			`host='(?P<host>[\w.-]+)', port=(?P<port>\d+)`,
			`tcp connect \((?P<host>[\w.-]+):(?P<port>\d+)\): non-existing domain`,
			`(?P<host>[A-Za-z][\w.-]+\.[a-z]+|[a-z][\w-]+):(?P<port>\d+): Name or service not known`,
			`(?i)name or service not known|temporary failure in name resolution|no such host|failed to lookup address|nodename nor servname|nxdomain|no address associated|getaddrinfo|name does not resolve|EAI_AGAIN|name resolution failed`},
		Peer: true, Cause: "needed-service-unreachable", Owner: Network,
		Next: "correct the name {host|that the line has} in the configuration of {culprit|the container}, or make it " +
			"known: service " +
			"discovery namespace, private hosted zone of this VPC, DNS support of the VPC",
		Example: "Error: getaddrinfo ENOTFOUND orders-db.shop.local",
		Names:   map[string]string{"host": "orders-db.shop.local"}},
	{ID: "refused-by-itself", Says: "nothing listens on {peer|localhost}, which is the task itself",
		Has: []string{"refused", "can't reach", "could not connect", "can't connect"},
		Match: []string{
			`(?i)(?:refused|reach|connect).*?\b(?P<host>localhost|127\.0\.0\.1)(?:/[\d.]+)?["'\x60]?(?:[^"'\x60]{0,60}?port |[:,]| \(|)["'\x60 ]?(?P<port>\d{2,5})?`,
			`(?i)\b(?P<host>localhost|127\.0\.0\.1)["'\x60]?(?:[^"'\x60]{0,60}?port |:|', port=)["'\x60 ]?(?P<port>\d{2,5}).*(?:refused|reach|connect)`},
		Peer: true, Cause: "app-config", Owner: Deployers,
		Next: "name the real host in the configuration of {culprit|the container}: localhost is the task itself; " +
			"where the other side " +
			"is a container of this task, let {culprit|the container} depend on it being HEALTHY",
		Example: "redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.",
		Names:   map[string]string{"host": "localhost", "port": "6379"}},
	{ID: "refused", Says: "nothing listens on {peer|the address that was called}",
		Has: []string{"connection refused", "econnrefused", "can't reach database server",
			"refused the network connection", "actively refused", "connectionrefused",
			"errno 111", "(111)", "[2002]", "could not connect to", "can't connect to", "refused. check",
			"no connection could be made", "unable to connect to"},
		Match: []string{
			`(?i)connection ?refused|ECONNREFUSED|can't reach database server|actively refused|errno 111|\(111\)|SQLSTATE\[HY000\] \[2002\]|refused\. check that the hostname`},
		Peer: true, Cause: "needed-service-unreachable", Owner: Network,
		Next: "look whether {peer|the service} runs and listens on that port, then at host and port in the " +
			"configuration of " +
			"{culprit|the container}; a refusal comes from the host itself, a security group would let the call time " +
			"out",
		Example: "panic: failed to connect: dial tcp 10.0.3.7:5432: connect: connection refused",
		Names:   map[string]string{"host": "10.0.3.7", "port": "5432"}},
	{ID: "no-answer", Says: "{peer|the service that was called} does not answer",
		Has: []string{"timed out", "timeout", "etimedout", "no route to host", "ehostunreach", "network is unreachable",
			"enetunreach", "deadline exceeded",
			"connection attempt failed", "could not connect", "can't connect", "cannot connect", "unable to connect",
			"failed to connect", "connection reset",
			"econnreset", "run out of available brokers", "no brokers", "serverselection", "hostunreachable",
			"did not properly respond",
			"connection error", "communications link failure", "network unreachable", "no servers available",
			"server closed the connection", "could not be established"},
		Match: []string{
			`(?i)i/o timeout|ETIMEDOUT|connect(?:ion|ing)?(?: attempt)?(?: to [^:]{1,80})? (?:has )?timed out|connect ?timeout|timeout expired|operation timed out|` +
				`no route to host|EHOSTUNREACH|network is unreachable|ENETUNREACH|context deadline exceeded|the connection attempt failed|` +
				`connection (?:was )?reset|ECONNRESET|run out of available brokers|no brokers|communications link failure|ServerSelection|` +
				`did not properly respond|(?:could not|can't|cannot|unable to|failed to) connect to|server closed the connection unexpectedly|` +
				`timed? ?out (?:while )?(?:waiting for|connecting to)|could not be established`},
		Peer: true, Cause: "needed-service-unreachable", Owner: Network,
		Next: "follow the way from the task to {peer|the service}: its security group must let the task's in on that " +
			"port, then " +
			"routes and network ACLs; and host and port in the configuration of {culprit|the container}",
		Example: "Error: connect ETIMEDOUT 10.0.3.7:5432",
		Names:   map[string]string{"host": "10.0.3.7", "port": "5432"}},
	{ID: "migration", Says: "a migration of the database failed, or is still to be made",
		Has: []string{"migration", "flyway", "alembic", "revision", "p3009", "p3018", "p3005", "change log lock",
			"changelog", "dirty database", "pending changes", "checksum"},
		Match: []string{
			`(?i)migrations? (?:are|is) pending|pending migrations?|unapplied migration|can't locate revision|target database is not up to date|multiple head revisions|` +
				`failed migration|migrations? (?:have )?failed|migration checksum mismatch|validate failed: |P30(?:05|09|18)|could not acquire change ?log lock|waiting for changelog lock|` +
				`dirty database version|has pending changes|found failed migration|validation failed for migration|failed to apply migration|error(?: while)? (?:running|applying|executing) migration|` +
				`migration .{1,80} failed|inconsistentmigrationhistory|changesets? check sum|detected applied migration not resolved`},
		Cause: "database-schema-missing", Owner: Data,
		Next: "look in the database's table of migrations at the one that failed, mend it, and run the migrations " +
			"once, as a task of " +
			"their own, before the service is deployed",
		Example: "ActiveRecord::PendingMigrationError: Migrations are pending. To resolve this issue, run: bin/rails " +
			"db:migrate"},
	{ID: "schema-missing", Says: "{table|a table or column} is not in the database",
		Has: []string{"does not exist", "no such table", "doesn't exist", "undefinedtable", "unknown column",
			"invalid object name", "unknown database", "ora-00942", "missing table", "missing column", "42s02",
			"no such column"},
		Match: []string{`relation "(?P<table>[^"]+)" does not exist`, `no such (?:table|column): (?P<table>[\w.]+)`,
			`Table '(?P<table>[^']+)' doesn't exist`,
			`column "?(?P<table>[\w.]+)"? (?:of relation "[^"]+" )?does not exist`,
			`Unknown (?:column|database) '(?P<table>[^']+)'`, `Invalid object name '(?P<table>[^']+)'`,
			`database "(?P<table>[^"]+)" does not exist`,
			`The (?:table|column) \x60(?P<table>[^\x60]+)\x60 does not exist`,
			`missing (?:table|column) \[(?P<table>[^\]]+)\]`,
			`Database \x60(?P<table>[^\x60]+)\x60 does not exist`, `UndefinedTable|ORA-00942|42S02`},
		Cause: "database-schema-missing", Owner: Data,
		Next: "run the migrations that bring {table|it} before the service starts, and look whether {culprit|the " +
			"container} asks the " +
			"database that it should",
		Example: "psycopg2.errors.UndefinedTable: relation \"orders\" does not exist",
		Names:   map[string]string{"table": "orders"}},
	{ID: "kernel-killed", Says: "the kernel killed {process|a process of the container} for memory",
		Has: []string{"oom-kill", "out of memory: kill", "oomkilled"},
		Match: []string{
			`(?i)oom-kill:constraint=.*\btask=(?P<process>[\w./-]+)`,
			`(?i)out of memory: kill(?:ed)? process \d+ \((?P<process>[^)]{1,40})\)`,
			`(?i)^(?:\[[ \d.]+\] )?(?P<process>[\w./-]+) invoked oom-killer`,
			`\bOOMKilled\b`},
		Cause: "killed-for-memory-unreported", Otherwise: "memory-limit", Final: true, Owner: Deployers,
		Next: "raise the memory of {culprit|the container} in {theDefinition|the task definition}; if its " +
			"use keeps growing, look for a leak",
		Example: "Memory cgroup out of memory: Killed process 3120 (node) total-vm:11422204kB, anon-rss:1043116kB, " +
			"file-rss:0kB",
		Names: map[string]string{"process": "node"}},
	{ID: "heap-full", Says: "the memory that the program's runtime may use is full",
		Has: []string{"heap", "outofmemory", "out of memory", "gc overhead", "metaspace", "direct buffer memory",
			"allowed memory size", "memoryerror", "bad_alloc", "cannot allocate memory", "insufficient memory",
			"failed to allocate memory", "enomem", "nomemoryerror", "memory allocation of", "unable to allocate",
			"process oom", "not enough space"},
		Match: []string{
			`(?i)java heap space|gc overhead limit exceeded|OutOfMemoryError: (?:Metaspace|Compressed class space|Direct buffer memory|Cannot reserve|Requested array)|` +
				`javascript heap out of memory|fatal error: runtime: out of memory|allowed memory size of \d+ bytes exhausted|std::bad_alloc|` +
				`cannot allocate memory|insufficient memory for the java|could not reserve enough space|failed to allocate memory|ENOMEM|java\.lang\.OutOfMemoryError|` +
				`System\.OutOfMemoryException|\bMemoryError\b|memory allocation of \d+ bytes failed|heap size \d+\w? exceed|Cannot reserve \d+ bytes of direct buffer memory|\(NoMemoryError\)|` +
				`fatal (?:javascript|process) (?:oom|out of memory)|ArrayMemoryError|unable to allocate [\d.]+ [KMGT]iB|GC heap initialization failed|` +
				`eheap_alloc: cannot allocate|os::commit_memory\(.*not enough space|^out of memory\b`},
		Cause: "heap-setting", Final: true, Owner: Deployers,
		Next: "set the heap from the container's memory (for Java -XX:MaxRAMPercentage, for Node.js " +
			"--max-old-space-size), then raise " +
			"the memory of {culprit|the container}, or find what fills it",
		Example: "java.lang.OutOfMemoryError: Metaspace"},
	{ID: "worker-killed", Says: "a process inside the container was killed with SIGKILL, as the kernel does for memory",
		Has: []string{"sigkill", "signal 9", "killed", "137"},
		Match: []string{
			`(?i)was sent SIGKILL|signal 9 \(SIGKILL\)|WorkerLostError|terminated by SIGKILL|^(?:\S+: line \d+:\s+\d+ )?Killed\b|received signal 9|code=killed|` +
				`killed by signal:? (?:9|killed)|\bon signal 9\b|\bsignal: killed\b|\bexit(?:ed)?\b[^.;]{0,30}[ :]137\b`},
		Cause: "killed-for-memory-unreported", Owner: Deployers,
		Next: "compare the memory that {culprit|the container} used with its limit, and raise it or run fewer " +
			"workers",
		Example: "Worker (pid:9) was sent SIGKILL! Perhaps out of memory?"},
	{ID: "disk-full", Says: "no space is left on the disk",
		Has: []string{"no space left", "enospc", "disk quota exceeded", "not enough space on the disk",
			"disk is full", "disk full"},
		Match: []string{
			`(?i)no space left on device|ENOSPC|disk quota exceeded|not enough space on the disk|disk is full|disk full`},
		Cause: "task-disk-full", Owner: Deployers,
		Next: "raise ephemeralStorage of {theDefinition|the task definition}, on an instance its disk; " +
			"then find what {culprit|the container} writes, and mount a volume for it",
		Example: "OSError: [Errno 28] No space left on device: '/tmp/upload-7'"},
	{ID: "runtime-too-old",
		Says: "the program was built for another version of its runtime or library than the image has",
		Has: []string{"class file version", "unsupportedclassversion", "glibc", "engine \"node\"", "your ruby version",
			"install or update .net", "microsoft.netcore.app", "requires php", "requires node", "requires python",
			"node_module_version", "musl", "php version", "unsupported engine", "the framework"},
		Match: []string{
			`(?i)UnsupportedClassVersionError|class file version|version [\x60']?GLIBC\w*_[\d.]+'? not found|the engine "node" is incompatible|your ruby version is|` +
				`install or update \.NET|framework: '?microsoft\.|requires php|php version|requires (?:node|python)|NODE_MODULE_VERSION|unsupported engine|the framework 'microsoft|ld-musl`},
		Cause: "runtime-too-old", Owner: Developers,
		Next: "build and run with one version: correct the base image of {culpritImage|the image}, or build for " +
			"the version that it has",
		Example: "java.lang.UnsupportedClassVersionError: shop/Main has been compiled by a more recent version of " +
			"the Java Runtime (class file version 65.0), this version of the Java Runtime only recognizes class file " +
			"versions up to 61.0"},
	{ID: "cpu", Says: "the program was built for another kind of CPU",
		Has: []string{"exec format error", "illegal instruction", "does not support x86-64", "supports avx", "avx",
			"sigill", "cannot execute binary file", "wrong elf class", "incompatible architecture"},
		Match: []string{
			`(?i)exec format error|illegal instruction|cpu does not support|requires a cpu that supports|to use (?:avx|sse)|SIGILL|cannot execute binary file|wrong elf class|incompatible architecture`},
		Cause: "binary-architecture", Otherwise: "not-executable-exit-126", Final: true, Owner: Developers,
		Next: "build the image for the CPU that {theDefinition|the task definition} names in " +
			"runtimePlatform, or name there the one that it was built for",
		Example: "exec /usr/local/bin/docker-entrypoint.sh: exec format error"},
	{ID: "library-missing", Says: "the shared library {file|that the program needs} is not in the image",
		Has: []string{"shared librar", "shared object file", "error loading shared library", "unsatisfiedlinkerror",
			"error relocating", "dll not found", "unable to load shared library"},
		Match: []string{`shared libraries: (?P<file>[\w.+-]+)`,
			`(?P<file>[\w.+-]+\.so[\w.]*): cannot open shared object file`,
			`Error loading shared library (?P<file>[^:\s]+)`, `Unable to load shared library '(?P<file>[^']+)'`,
			`UnsatisfiedLinkError|Error relocating`},
		Cause: "command-not-found-exit-127", Otherwise: "image-file-missing", Final: true, Owner: Developers,
		Next: "install the package with {file|the library} in {culpritImage|the image}: the stage that runs lacks " +
			"what the stage that builds has",
		Example: "/app/server: error while loading shared libraries: libpq.so.5: cannot open shared object file: No " +
			"such file or directory",
		Names: map[string]string{"file": "libpq.so.5"}},
	{ID: "line-ends", Says: "a script has the line ends of Windows",
		Has: []string{`\r`}, Match: []string{`(?:bash|sh|python3?|node|ruby)\\r|\$'\\r'`},
		Cause: "command-not-found-exit-127", Otherwise: "image-file-missing", Final: true, Owner: Developers,
		Next: "convert the script to the line ends of Unix when {culpritImage|the image} is built, and keep it so " +
			"with .gitattributes",
		Example: "/usr/bin/env: 'bash\\r': No such file or directory"},
	{ID: "usage", Says: "the program does not accept an option or argument",
		Has: []string{"usage:", "option", "flag", "unknown command", "unrecognized", "unrecognised", "invalid argument",
			"shorthand", "unknown argument", "no such command", "syntax error"},
		Match: []string{`(?i)^usage: [a-z/.<][\w./-]*(?:>|\s|$)`,
			`(?i)(?:unrecognized|unrecognised|unknown|invalid|illegal|no such) (?:(?:vm|command-line) )?(?:option|flag|command|shorthand flag)\b`,
			`(?i)(?:unrecognized|unrecognised|unknown) arguments?\b|invalid argument:? (?:['"\x60‘]|--?\w)|flag provided but not defined|unexpected argument|found argument '`,
			`^(?:\S*[/.-])?(?:(?:ba|da|a|k)?sh|exec|env|entrypoint)\b.*: [Ss]yntax error`},
		Cause: "app-usage-error", Final: true, Owner: Deployers,
		Next: "correct command or overrides of {culprit|the container} in " +
			"{theDefinition|the task definition}",
		Example: "flag provided but not defined: -listen"},
	{ID: "command-missing", Says: "the program {file|that was to run} is not in the image, or not in PATH",
		Has: []string{"not found", "no such file or directory"},
		Match: []string{
			`^(?:\S*[/.-])?(?:(?:ba|da|a|k)?sh|exec|env|entrypoint)\b.*?: (?:\d+: |line \d+: )?['‘]?` + file +
				`['’]?: (?:command )?not found$`,
			`^(?:\S*[/.-])?(?:(?:ba|da|a|k)?sh|exec|env|entrypoint)\b.*: (?:command )?not found$`,
			`: command not found$`,
			`^exec:? ` + file + `(?: failed)?: [Nn]o such file or directory`, `env: ['‘]?` + file +
				`['’]?: No such file or directory`,
			`^(?:\S*[/.-])?(?:(?:ba|da|a|k)?sh|entrypoint)\b.*?: (?:\d+: |line \d+: )?` + file +
				`: [Nn]o such file or directory`},
		Cause: "command-not-found-exit-127", Otherwise: "image-file-missing", Final: true, Owner: Developers,
		Next: "install {file|the program} in {culpritImage|the image}, or correct its name or PATH in command of " +
			"{culprit|the container}",
		Example: "/bin/sh: 1: gunicorn: not found", Names: map[string]string{"file": "gunicorn"}},
	{ID: "not-executable", Says: "{file|the file that was to run} may not be executed",
		Has: []string{"permission denied", "is a directory", "cannot execute"},
		Match: []string{
			`^(?:\S*[/.-])?(?:(?:ba|da|a|k)?sh|exec|env|entrypoint)\b.*?: (?:\d+: |line \d+: )?` + file +
				`: (?:[Pp]ermission denied|[Ii]s a directory|cannot execute.*)$`,
			`^exec:? ` + file + `(?: failed)?: [Pp]ermission denied`},
		Cause: "not-executable-exit-126", Otherwise: "file-not-allowed", Final: true, Owner: Developers,
		Next: "set the executable bit of {file|the file} in {culpritImage|the image} (chmod +x), or start it " +
			"through its interpreter",
		Example: "/bin/sh: 1: /app/run.sh: Permission denied", Names: map[string]string{"file": "/app/run.sh"}},
	{ID: "module-missing", Says: "{file|a module} is not in the image",
		Has: []string{"cannot find module", "cannot find package", "err_module_not_found", "no module named",
			"classnotfound", "noclassdeffound", "could not find or load main class",
			"cannot load such file", "could not find", "not found", "failed opening required",
			"could not load file or assembly", "unable to access jarfile", "no main manifest attribute",
			"could not open input file", "application to execute does not exist", "could not import module",
			"cannot import name", "missing script", "can't open file", "no module", "autoload.php",
			"no production build", "has no attribute"},
		Match: []string{
			`Cannot find (?:module|package) '(?P<file>[^']+)'`, `No module named '?(?P<file>[\w.]+)`,
			`(?:ClassNotFoundException|NoClassDefFoundError): (?P<file>[\w./$]+)`,
			`Could not find or load main class (?P<file>\S+)`, `cannot load such file -- (?P<file>\S+)`,
			`Could not find (?P<file>\S+) in (?:any of the sources|locally installed gems)`,
			`(?:Class|Interface|Trait) "(?P<file>[^"]+)" not found`,
			`(?:Failed opening required|failed to open stream.*) '(?P<file>[^']+)'`,
			`Could not load file or assembly '(?P<file>[^',]+)`,
			`Unable to access jarfile (?P<file>\S+)`, `no main manifest attribute, in (?P<file>\S+)`,
			`Could not open input file: (?P<file>\S+)`,
			`application to execute does not exist: '(?P<file>[^']+)'`, `Could not import module "?(?P<file>[\w.]+)`,
			`cannot import name '(?P<file>\w+)'`,
			`Missing script: "(?P<file>[^"]+)"`, `can't open file '(?P<file>[^']+)'`,
			`Could not find a production build in the '(?P<file>[^']+)'`,
			`Could not (?:find|locate) (?P<file>Gemfile|package\.json|gem \S+)`},
		Cause: "image-file-missing", Owner: Developers,
		Next: "put {file|it} into {culpritImage|the image}: declare the dependency, or copy the file in the stage " +
			"that runs, and look at .dockerignore and the working directory",
		Example: "Error: Cannot find module '/app/dist/server.js'",
		Names:   map[string]string{"file": "/app/dist/server.js"}},
	{ID: "file-missing", Says: "{file|a file} does not exist",
		Has: []string{"no such file or directory", "enoent", "filenotfound", "cannot find the file", "nosuchfile",
			"does not exist", "could not find file", "os error 2", "file not found"},
		Match: []string{
			`(?:open|stat|lstat|read|scandir|mkdir|access|unlink|chdir)(?:\(\))? ["']?(?P<file>/[^"':\s]*|\.{0,2}/?[\w./-]+)["']?:? ?(?:failed|.*[Nn]o such file|.*cannot find the file)`,
			`ENOENT: no such file or directory, \w+ '(?P<file>[^']+)'`,
			`No such file or directory: '?(?P<file>[^'\s]+)`, `Could not find file '(?P<file>[^']+)'`,
			`FileNotFoundException: (?P<file>[^\s(]+) \(`,
			`(?:cannot|can't|could not|couldn't) (?:open|access|stat|read|find|load)[\s"']+(?:(?:config(?:uration)?|file|certificate|key)[\s:"']+)*(?P<file>[\w./-]*/[\w./-]+)`,
			`NoSuchFileException: (?P<file>\S+)`,
			`(?P<file>/[\w./-]+): [Nn]o such file or directory`,
			`(?i)no such file or directory|ENOENT|NotFound, message: "No such file|os error 2\)`},
		Cause: "image-file-missing", Owner: Deployers,
		Next: "put {file|the file} into {culpritImage|the image}, or mount what brings it, or correct the path in " +
			"the configuration of {culprit|the container}",
		Example: "open /etc/shop/config.yaml: no such file or directory",
		Names:   map[string]string{"file": "/etc/shop/config.yaml"}},
	{ID: "file-denied", Says: "the program may not open or write {file|a file}",
		Has: []string{"permission denied", "eacces", "eperm", "read-only file system", "erofs",
			"operation not permitted", "accessdeniedexception: /", "access to the path", "unauthorizedaccess"},
		Match: []string{
			`(?:EACCES|EROFS|EPERM): [a-z -]+, \w+ '(?P<file>[^']+)'`,
			`(?:Permission denied|Read-only file system|Operation not permitted): '(?P<file>[^']+)'`,
			`(?:open|mkdir|stat|create|unlink|chown|chmod|rename|touch|directory|file)\b\W*(?P<file>/[^"':’\s]*)["'’]?\W+.*?(?:[Pp]ermission denied|[Rr]ead-only file system|[Oo]peration not permitted)`,
			`AccessDeniedException: (?P<file>/\S+)`, `Access to the path '(?P<file>[^']+)' is denied`,
			`(?:create|open|access|write)\W+(?:\w+ ){0,2}['‘"]?(?P<file>/[^"':’\s]+)['’"]?: (?:Permission denied|Read-only)`,
			`(?P<file>/[\w./-]+)["')]*: (?:[Pp]ermission denied|[Rr]ead-only file system)`,
			`(?i)permission denied|EACCES|EROFS|read-only file system|operation not permitted`},
		Cause: "file-not-allowed", Owner: Deployers,
		Next: "give the user that {culprit|the container} runs as the right to {file|the file}: owner and mode in " +
			"the image or of the volume, readonlyRootFilesystem in {theDefinition|the task definition}",
		Example: "PermissionError: [Errno 13] Permission denied: '/data/orders.db'",
		Names:   map[string]string{"file": "/data/orders.db"}},
	{ID: "aws-missing", Says: "what the program asked AWS for does not exist",
		Has: []string{"nosuchbucket", "nosuchkey", "resourcenotfoundexception", "queuedoesnotexist",
			"nonexistentqueue", "parameternotfound", "requested resource not found"},
		Match: []string{
			`NoSuchBucket|NoSuchKey|ResourceNotFoundException|QueueDoesNotExist|NonExistentQueue|ParameterNotFound|Requested resource not found`},
		Cause: "app-config", Owner: Deployers,
		Next: "correct the name, Region or account in the configuration of {culprit|the container}, or make what " +
			"it names",
		Example: "botocore.errorfactory.ResourceNotFoundException: An error occurred (ResourceNotFoundException) " +
			"when calling the DescribeTable operation: Requested resource not found"},
	{ID: "licence", Says: "the program's licence is missing, expired or not valid",
		Has: []string{"licen"},
		Match: []string{
			`(?i)licen[cs]e(?: key| file)?[^.]{0,40}(?:expired|invalid|not valid|missing|not found|required|denied|exceeded|unavailable)|(?:no|invalid|missing|expired) (?:valid )?licen[cs]e`},
		Cause: "app-config", Owner: Deployers,
		Next:    "give {culprit|the container} a valid licence key or file",
		Example: "FATAL: license has expired on 2026-11-01"},
	{ID: "limits", Says: "a limit of the container on open files, threads or processes is reached",
		Has: []string{"too many open files", "emfile", "resource temporarily unavailable",
			"unable to create native thread", "unable to create new native thread", "can't start new thread",
			"pthread_create", "errno 24"},
		Match: []string{
			`(?i)too many open files|EMFILE|unable to create (?:new )?native thread|can't start new thread|pthread_create|resource temporarily unavailable|errno 24\b`},
		Cause: "app-error", Owner: Deployers,
		Next: "raise ulimits (nofile, nproc) of {culprit|the container} in " +
			"{theDefinition|the task definition}, or find what leaks them",
		Example: "accept4: too many open files"},
	{ID: "config-invalid", Says: "the program's configuration cannot be read, or has a value that it does not accept",
		Has: []string{"config", "directive", "yaml", "toml", "invalid value", "validation error",
			"invalid number of arguments", "parse", "invalid url", "invalid connection string", "improperlyconfigured",
			"settings", "unmarshal", "connection string", "valueerror: invalid", "malformed", "invalid port",
			"validationerror", "zoderror", "input parameter"},
		Match: []string{
			`(?i)unknown directive|invalid number of arguments|directive is not allowed|no "\w+" (?:is defined|directive)|"\w+" directive|yaml: |yaml\.(?:scanner|parser)|ImproperlyConfigured|` +
				`config(?:uration)?(?: file)?[^.]{0,60}(?:invalid|not valid|error|failed|missing|malformed|cannot|could not|not found|unknown)|` +
				`(?:invalid|bad|malformed|unknown|error|failed)[^.]{0,60} (?:config|configuration|settings?|url|port|connection string|dsn)\b|` +
				`validation errors? for|validationerror|zoderror|(?:could not|cannot|can't|failed to|unable to) (?:open|read|load|parse|find) (?:the )?config|` +
				`error initializing configuration|cannot unmarshal|toml: |ConfigurationError|InvalidConfiguration|Format of the initialization string`},
		Cause: "app-config", Owner: Deployers,
		Next: "correct what the line names in the configuration of {culprit|the container}, and compare it with " +
			"the last revision that ran",
		Example: "nginx: [emerg] unknown directive \"proxy_passs\" in /etc/nginx/conf.d/default.conf:7"},
	{ID: "native-crash", Says: "the program crashed in native code",
		Has: []string{"segmentation fault", "sigsegv", "stack smashing", "free(): ", "double free", "assertion",
			"sigabrt", "sigbus", "bus error", "malloc", "core dumped"},
		Match: []string{
			`(?i)segmentation fault|SIGSEGV|stack smashing|free\(\): |double free|assertion .* failed|SIGABRT|SIGBUS|bus error|malloc.*(?:corrupt|invalid)|core dumped`},
		Cause: "app-signal-crash", Owner: Developers,
		Next: "go back to the last image that worked, then look for a native library that changed or does not fit " +
			"the image",
		Example: "Segmentation fault (core dumped)"},
	{ID: "bug", Says: "the program failed by a fault of its own",
		Has: []string{"nil pointer", "nullpointerexception", "nullreferenceexception", "typeerror", "attributeerror",
			"nomethoderror", "undefined method", "index out of range", "indexoutofbounds",
			"indexerror", "nameerror", "referenceerror", "syntaxerror", "indentationerror", "zerodivision",
			"divide by zero", "deadlock", "stack overflow", "maximum call stack", "recursionerror",
			"concurrent map", "unwrap()", "classcast", "undefined variable", "undefined function", "unboundlocal",
			"systemstackerror", "argumenterror", "functionclauseerror", "call to a member function"},
		Match: []string{
			`(?i)nil pointer dereference|NullPointerException|NullReferenceException|\bTypeError\b|AttributeError|NoMethodError|undefined method|index out of range|IndexOutOfBounds|IndexError|` +
				`NameError|ReferenceError|SyntaxError|IndentationError|ZeroDivision|divide by zero|deadlock|stack overflow|maximum call stack|RecursionError|concurrent map|unwrap\(\)|ClassCast|` +
				`undefined (?:variable|function)|UnboundLocal|SystemStackError|ArgumentError|FunctionClauseError|call to a member function`},
		Cause: "app-error", Owner: Developers,
		Next: "correct the fault where the trace in the log of {culprit|the container} begins, or go back to the " +
			"last revision that ran",
		Example: "panic: runtime error: invalid memory address or nil pointer dereference"},
}
