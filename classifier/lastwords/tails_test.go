package lastwords

// tail is the end of a log as programs write it, with made-up names, and what has to be read of it.
type tail struct {
	name  string
	log   string
	says  string // the headline has this
	sign  string // id; empty where nobody can know what is wrong
	names map[string]string
}

// tails are what the tables were made on.
var tails = []tail{
	{
		name: "Go: log.Fatal of a database",
		log: "2026/11/29 04:12:07 starting orders 1.14.2\n2026/11/29 04:12:12 cannot open database: dial tcp " +
			"10.20.4.11:5432: connect: connection refused",
		says: "cannot open database: dial tcp 10.20.4.11:5432: connect: connection refused", sign: "refused",
		names: map[string]string{"host": "10.20.4.11", "port": "5432"},
	},
	{
		name: "Go: zap in JSON",
		log: `{"level":"info","ts":1764389527.1,"caller":"app/main.go:31","msg":"starting"}` + "\n" +
			`{"level":"fatal","ts":1764389532.4,"caller":"app/main.go:44","msg":"connect to redis","error":"dial tcp: lookup cache.shop.local on 10.20.0.2:53: no such host","stacktrace":"main.main\n\t/src/app/main.go:44\nruntime.main\n\t/usr/local/go/src/runtime/proc.go:283"}`,
		says: "connect to redis: dial tcp: lookup cache.shop.local", sign: "name-unresolved",
		names: map[string]string{"host": "cache.shop.local"},
	},
	{
		name: "Go: logrus in logfmt",
		log: `time="2026-11-29T04:12:07Z" level=info msg="listening" addr=":8080"` + "\n" +
			`time="2026-11-29T04:12:12Z" level=fatal msg="required key SMTP_HOST missing value"`,
		says: "required key SMTP_HOST missing value", sign: "variable-missing",
		names: map[string]string{"variable": "SMTP_HOST"},
	},
	{
		name: "Go: nil pointer",
		log: "panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: " +
			"segmentation violation code=0x1 addr=0x18 pc=0x6b2f1c]\n\ngoroutine 1 " +
			"[running]:\nmain.newServer(...)\n\t/src/server.go:57\nmain.main()\n\t/src/main.go:22 +0x9c\nexit status 2",
		says: "panic: runtime error: invalid memory address", sign: "bug",
	},
	{
		name: "Java: Spring Boot with a chain",
		log: "2026-11-29T04:12:12.233Z ERROR 1 --- [orders] [           main] o.s.boot.SpringApplication             " +
			"  : Application run failed\n\n" +
			"org.springframework.beans.factory.BeanCreationException: Error creating bean with name " +
			"'entityManagerFactory' defined in class path resource [x/HibernateJpaConfiguration.class]: Unable to " +
			"build Hibernate SessionFactory\n" +
			"\tat org.springframework.beans.factory.support.AbstractAutowireCapableBeanFactory.initializeBean(AbstractAutowireCapableBeanFactory.java:1786) ~[spring-beans-6.1.1.jar!/:6.1.1]\n" +
			"Caused by: org.hibernate.exception.JDBCConnectionException: unable to obtain isolated JDBC connection " +
			"[Connection to orders-db:5432 refused. Check that the hostname and port are correct and that the " +
			"postmaster is accepting TCP/IP connections.]\n" +
			"\tat org.hibernate.exception.internal.SQLStateConversionDelegate.convert(SQLStateConversionDelegate.java:100)\n\t... 24 common frames omitted\n" +
			"Caused by: org.postgresql.util.PSQLException: Connection to orders-db:5432 refused. Check that the " +
			"hostname and port are correct and that the postmaster is accepting TCP/IP connections.\n\tat " +
			"org.postgresql.core.v3.ConnectionFactoryImpl.openConnectionImpl(ConnectionFactoryImpl.java:352)\n\t... " +
			"31 common frames omitted\n" +
			"Caused by: java.net.ConnectException: Connection refused\n\tat " +
			"java.base/sun.nio.ch.Net.pollConnect(Native Method)\n\t... 40 common frames omitted",
		says: "java.net.ConnectException: Connection refused", sign: "refused",
		names: map[string]string{"host": "orders-db", "port": "5432"},
	},
	{
		name: "Java: a placeholder of Spring",
		log: "***************************\nAPPLICATION FAILED TO " +
			"START\n***************************\n\nDescription:\n\nCould not resolve placeholder 'JWT_SECRET' in " +
			"value \"${JWT_SECRET}\"\n\nAction:\n\nUpdate your application's configuration\n",
		says: "Could not resolve placeholder 'JWT_SECRET'", sign: "variable-missing",
		names: map[string]string{"variable": "JWT_SECRET"},
	},
	{
		name: "Java: direct memory",
		log: "2026-11-29 04:12:12,233 ERROR [reactor-http-epoll-2] r.n.http.server.HttpServerOperations - [a1b2] " +
			"Error starting response\njava.lang.OutOfMemoryError: Cannot reserve 16777216 bytes of direct buffer " +
			"memory (allocated: 255852544, limit: 268435456)\n\tat " +
			"java.base/java.nio.Bits.reserveMemory(Bits.java:178)\nTerminating due to java.lang.OutOfMemoryError: " +
			"Cannot reserve 16777216 bytes of direct buffer memory",
		says: "OutOfMemoryError", sign: "heap-full",
	},
	{
		name: "Java: Flyway",
		log: "Exception in thread \"main\" org.flywaydb.core.api.exception.FlywayValidateException: Validate " +
			"failed: Migrations have failed validation\nMigration checksum mismatch for migration version 7\n-> " +
			"Applied to database : 1522344\n-> Resolved locally    : -998877\nEither revert the changes to the " +
			"migration, or run repair to update the schema history.\n\tat " +
			"org.flywaydb.core.Flyway.lambda$migrate$0(Flyway.java:152)",
		says: "FlywayValidateException: Validate failed", sign: "migration",
	},
	{
		name: "Python: KeyError of the environment under gunicorn",
		log: "[2026-11-29 04:12:07 +0000] [1] [INFO] Starting gunicorn 21.2.0\n[2026-11-29 04:12:08 +0000] [7] " +
			"[ERROR] Exception in worker process\nTraceback (most recent call last):\n  File " +
			"\"/usr/local/lib/python3.12/site-packages/gunicorn/arbiter.py\", line 609, in spawn_worker\n    " +
			"worker.init_process()\n  File \"/app/shop/settings.py\", line 14, in <module>\n    SECRET_KEY = " +
			"os.environ['DJANGO_SECRET_KEY']\n                 ~~~~~~~~~~^^^^^^^^^^^^^^^^^^^^^\nKeyError: " +
			"'DJANGO_SECRET_KEY'\n[2026-11-29 04:12:08 +0000] [7] [INFO] Worker exiting (pid: 7)\n[2026-11-29 " +
			"04:12:08 +0000] [1] [ERROR] Worker (pid:7) exited with code 3\n[2026-11-29 04:12:08 +0000] [1] [ERROR] " +
			"Shutting down: Master\n[2026-11-29 04:12:08 +0000] [1] [ERROR] Reason: Worker failed to boot.",
		says: "KeyError: 'DJANGO_SECRET_KEY'", sign: "variable-missing",
		names: map[string]string{"variable": "DJANGO_SECRET_KEY"},
	},
	{
		name: "Python: SQLAlchemy",
		log: "Traceback (most recent call last):\n  File " +
			"\"/usr/local/lib/python3.11/site-packages/sqlalchemy/engine/base.py\", line 145, in __init__\n    " +
			"self._dbapi_connection = engine.raw_connection()\npsycopg2.OperationalError: connection to server at " +
			"\"orders-db.internal\" (10.20.4.11), port 5432 failed: Connection timed out\n\tIs the server running on " +
			"that host and accepting TCP/IP connections?\n\n\nThe above exception was the direct cause of the " +
			"following exception:\n\nTraceback (most recent call last):\n  File \"/app/main.py\", line 9, in " +
			"<module>\n    engine.connect()\nsqlalchemy.exc.OperationalError: (psycopg2.OperationalError) connection " +
			"to server at \"orders-db.internal\" (10.20.4.11), port 5432 failed: Connection timed out\n\tIs the " +
			"server running on that host and accepting TCP/IP connections?\n\n(Background on this error at: " +
			"https://sqlalche.me/e/20/e3q8)",
		says: "sqlalchemy.exc.OperationalError", sign: "no-answer",
		names: map[string]string{"host": "orders-db.internal", "port": "5432"},
	},
	{
		name: "Python: a module",
		log: "Traceback (most recent call last):\n  File \"/app/worker.py\", line 2, in <module>\n    import pandas " +
			"as pd\nModuleNotFoundError: No module named 'pandas'",
		says: "ModuleNotFoundError: No module named 'pandas'", sign: "module-missing",
		names: map[string]string{"file": "pandas"},
	},
	{
		name: "Python: pydantic settings",
		log: "Traceback (most recent call last):\n  File \"/app/config.py\", line 20, in <module>\n    settings = " +
			"Settings()\npydantic_core._pydantic_core.ValidationError: 1 validation error for " +
			"Settings\ndatabase_url\n  Field required [type=missing, input_value={}, input_type=dict]\n    For " +
			"further information visit https://errors.pydantic.dev/2.8/v/missing",
		says: "1 validation error for Settings", sign: "variable-missing",
		names: map[string]string{"variable": "database_url"},
	},
	{
		name: "Node: ESM import",
		log: "node:internal/modules/esm/resolve:873\n  throw new ERR_MODULE_NOT_FOUND(packageName, " +
			"fileURLToPath(base), null);\n        ^\n\nError [ERR_MODULE_NOT_FOUND]: Cannot find package 'fastify' " +
			"imported from /app/dist/index.js\n    at packageResolve (node:internal/modules/esm/resolve:873:9)\n    " +
			"at moduleResolve (node:internal/modules/esm/resolve:946:18) {\n  code: " +
			"'ERR_MODULE_NOT_FOUND'\n}\n\nNode.js v20.11.1",
		says: "Cannot find package 'fastify' imported from /app/dist/index.js", sign: "module-missing",
		names: map[string]string{"file": "fastify"},
	},
	{
		name: "Node: connection refused under npm",
		log: "> shop@1.0.0 start\n> node dist/main.js\n\n/app/node_modules/pg-pool/index.js:45\n    " +
			"Error.captureStackTrace(err)\n          ^\n\nError: connect ECONNREFUSED 10.20.4.11:5432\n    at " +
			"TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)\n    at async main " +
			"(/app/dist/main.js:12:3) {\n  errno: -111,\n  code: 'ECONNREFUSED',\n  syscall: 'connect',\n  address: " +
			"'10.20.4.11',\n  port: 5432\n}\n\nNode.js v20.11.1\nnpm ERR! code ELIFECYCLE\nnpm ERR! errno 1\nnpm " +
			"ERR! A complete log of this run can be found in: /root/.npm/_logs/2026-11-29T04_12_12_001Z-debug-0.log",
		says: "connect ECONNREFUSED 10.20.4.11:5432", sign: "refused",
		names: map[string]string{"host": "10.20.4.11", "port": "5432"},
	},
	{
		name: "Node: out of heap",
		log: "<--- Last few GCs --->\n\n[1:0x5f2c3a0]   184213 ms: Mark-sweep 505.1 (520.4) -> 504.8 (520.2) MB, " +
			"812.3 / 0.1 ms  (average mu = 0.108, current mu = 0.011) allocation failure; scavenge might not " +
			"succeed\n\n\n<--- JS stacktrace --->\n\nFATAL ERROR: Ineffective mark-compacts near heap limit " +
			"Allocation failed - JavaScript heap out of memory\n----- Native stack trace -----\n\n 1: 0xb7a940 " +
			"node::OOMErrorHandler(char const*, v8::OOMDetails const&) [node]\n 2: 0xa74c2b  [node]\nAborted (core " +
			"dumped)",
		says: "JavaScript heap out of memory", sign: "heap-full",
	},
	{
		name: "Ruby: Rails and its migrations",
		log: "=> Booting Puma\n=> Rails 7.1.2 application starting in production\n! Unable to load application: " +
			"ActiveRecord::PendingMigrationError: \n\nMigrations are pending. To resolve this issue, run:\n\n        " +
			"bin/rails db:migrate\n\nbundler: failed to load command: puma " +
			"(/usr/local/bundle/bin/puma)\n/usr/local/bundle/gems/activerecord-7.1.2/lib/active_record/migration.rb:779:in `check_pending_migrations':  (ActiveRecord::PendingMigrationError)\n",
		says: "igration", sign: "migration",
	},
	{
		name: "Ruby: a gem",
		log: "/usr/local/lib/ruby/3.2.0/bundled_gems.rb:74:in `require': cannot load such file -- sidekiq " +
			"(LoadError)\n\tfrom /app/config/application.rb:3:in `<top (required)>'\n\tfrom bin/worker:4:in `<main>'",
		says: "cannot load such file -- sidekiq (LoadError)", sign: "module-missing",
		names: map[string]string{"file": "sidekiq"},
	},
	{
		name: ".NET: an inner exception",
		log: "Unhandled exception. System.AggregateException: One or more errors occurred. (Failed to connect to " +
			"10.20.4.11:5432)\n ---> Npgsql.NpgsqlException (0x80004005): Failed to connect to 10.20.4.11:5432\n " +
			"---> System.Net.Sockets.SocketException (111): Connection refused\n   at " +
			"Npgsql.Internal.NpgsqlConnector.Connect(NpgsqlTimeout timeout)\n   --- End of inner exception stack " +
			"trace ---\n   at Shop.Program.<Main>(String[] args)\nAborted (core dumped)",
		says: "Connection refused", sign: "refused", names: map[string]string{"host": "10.20.4.11", "port": "5432"},
	},
	{
		name: "PHP: Laravel without a key",
		log: "[29-Nov-2026 04:12:12] NOTICE: fpm is running, pid 1\nPHP Fatal error:  Uncaught PDOException: " +
			"SQLSTATE[HY000] [1045] Access denied for user 'shop'@'10.20.4.99' (using password: YES) in " +
			"/var/www/vendor/laravel/framework/src/Illuminate/Database/Connectors/Connector.php:66\nStack trace:\n#0 " +
			"/var/www/vendor/x.php(66): PDO->__construct()\n#1 {main}\n  thrown in /var/www/vendor/x.php on line 66",
		says: "Access denied for user 'shop'@'10.20.4.99'", sign: "login-refused",
		names: map[string]string{"user": "shop"},
	},
	{
		name: "Rust: expect",
		log: "thread 'main' panicked at src/config.rs:18:42:\nDATABASE_URL must be set: NotPresent\nstack " +
			"backtrace:\n   0: rust_begin_unwind\n   1: core::panicking::panic_fmt\nnote: Some details are omitted, " +
			"run with `RUST_BACKTRACE=full` for a verbose backtrace.",
		says: "DATABASE_URL must be set: NotPresent", sign: "variable-missing",
		names: map[string]string{"variable": "DATABASE_URL"},
	},
	{
		name: "Elixir: a release",
		log: "ERROR! Config provider Config.Reader failed with:\n** (RuntimeError) environment variable " +
			"SECRET_KEY_BASE is missing.\nYou can generate one by calling: mix phx.gen.secret\n\n    " +
			"/app/releases/0.1.0/runtime.exs:52: (file)\n    (elixir 1.15.7) src/elixir.erl:396: " +
			":elixir.eval_external_handler/3\n\nRuntime terminating during boot " +
			"({#{'__exception__'=>true,...},[]})\n\nCrash dump is being written to: erl_crash.dump...done",
		says: "environment variable SECRET_KEY_BASE is missing", sign: "variable-missing",
		names: map[string]string{"variable": "SECRET_KEY_BASE"},
	},
	{
		name: "nginx: an upstream",
		log: "/docker-entrypoint.sh: Configuration complete; ready for start up\n2026/11/29 04:12:12 [emerg] 1#1: " +
			"host not found in upstream \"api.shop.local:8080\" in /etc/nginx/conf.d/default.conf:12\nnginx: [emerg] " +
			"host not found in upstream \"api.shop.local:8080\" in /etc/nginx/conf.d/default.conf:12",
		says: "host not found in upstream", sign: "name-unresolved",
		names: map[string]string{"host": "api.shop.local", "port": "8080"},
	},
	{
		name: "shell: set -u",
		log:  "+ set -eu\n/entrypoint.sh: line 7: DB_PASSWORD: unbound variable",
		says: "DB_PASSWORD: unbound variable", sign: "variable-missing",
		names: map[string]string{"variable": "DB_PASSWORD"},
	},
	{
		name: "shell: exec of another machine's program",
		log:  "exec /usr/bin/dumb-init: exec format error",
		says: "exec format error", sign: "cpu",
	},
	{
		name: "AWS: Go SDK",
		log:  `{"time":"2026-11-29T04:12:12Z","level":"ERROR","msg":"poll queue","err":"operation error SQS: ReceiveMessage, https response error StatusCode: 403, RequestID: 0a1b, api error AccessDenied: User: arn:aws:sts::210987654321:assumed-role/worker-task/9f0e is not authorized to perform: sqs:receivemessage on resource: arn:aws:sqs:eu-north-1:210987654321:orders because no identity-based policy allows the sqs:receivemessage action"}`,
		says: "poll queue: operation error SQS: ReceiveMessage", sign: "aws-denied",
		names: map[string]string{"role": "worker-task", "action": "sqs:receivemessage",
			"resource": "arn:aws:sqs:eu-north-1:210987654321:orders"},
	},
	{
		name: "docker compose's prefix and colours",
		log: "web-1  | \x1b[32mINFO\x1b[0m:     Started server process [1]\nweb-1  | \x1b[31mERROR\x1b[0m:    " +
			"[Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): address already in use",
		says: "error while attempting to bind on address ('0.0.0.0', 8000): address already in use",
		sign: "address-in-use", names: map[string]string{"port": "8000"},
	},
	{
		name: "supervisord",
		log: "2026-11-29 04:12:07,100 INFO spawned: 'app' with pid 9\npython: can't open file '/app/mian.py': " +
			"[Errno 2] No such file or directory\n2026-11-29 04:12:12,100 INFO exited: app (exit status 2; not " +
			"expected)\n2026-11-29 04:12:13,101 INFO gave up: app entered FATAL state, too many start retries too " +
			"quickly",
		says: "can't open file '/app/mian.py'", sign: "module-missing",
		names: map[string]string{"file": "/app/mian.py"},
	},
	{
		name: "a file of the application",
		log: "2026-11-29T04:12:12.001Z\tERROR\tcmd/main.go:40\tload config\t{\"error\": \"open " +
			"/etc/shop/config.yaml: no such file or directory\"}",
		says: "load config", sign: "file-missing", names: map[string]string{"file": "/etc/shop/config.yaml"},
	},
	{
		name: "certificates",
		log: "Error: self-signed certificate in certificate chain\n    at TLSSocket.onConnectSecure " +
			"(node:_tls_wrap:1674:34)\n    at TLSSocket.emit (node:events:518:28) {\n  code: " +
			"'SELF_SIGNED_CERT_IN_CHAIN'\n}",
		says: "self-signed certificate in certificate chain", sign: "certificate",
	},
	{
		name: "an ordinary end",
		log:  "INFO starting\nINFO listening on :8080\nINFO received signal, shutting down\nINFO bye",
		says: "bye",
	},
	{
		name: "an error that nobody knows",
		log:  "2026-11-29 04:12:12 [error] quota of the tenant could not be determined",
		says: "quota of the tenant could not be determined",
	},
	{
		name: "a retry that was told of earlier, then a bug",
		log: "WARN cache 10.20.4.12:6379: connection refused, retrying\nINFO cache is back\npanic: assignment to " +
			"entry in nil map\n\ngoroutine 1 [running]:",
		says: "panic: assignment to entry in nil map",
	},
}
