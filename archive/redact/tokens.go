package redact

import (
	"strings"
	"sync"
)

// token is a form in which an issuer writes its credentials, so that they are known without a name: a beginning, and
// how many bytes of which kind follow it.
type token struct {
	ID     string
	Starts []string
	// the bytes that may follow, as ranges: "a-z" and single bytes; none stands for what a URL's path holds
	Body   string
	Least  int    // how many of them make it one
	Keep   bool   // its beginning is no secret: the address of a webhook
	Whole  bool   // the beginning is common: no letter or digit stands before it
	Before int    // what is called its beginning stands inside of it, behind as many bytes at most, which count
	Source string // who published the form
}

const (
	wordBytes = "A-Za-z0-9_"
	letters62 = "A-Za-z0-9"
	urlSafe   = "A-Za-z0-9_-"
	base64    = "A-Za-z0-9+/="
	hex       = "a-f0-9"
	inPath    = ""
)

// tokens are the forms, by issuer.
var tokens = []token{
	{ID: "1password-service-account", Starts: []string{"ops_ey"}, Body: base64, Least: 40,
		Source: "secretlint 1password"},
	{ID: "1password-secret-key", Starts: []string{"A3-"}, Body: "A-Z0-9-", Least: 30, Whole: true, Source: "gitleaks"},
	{ID: "adobe", Starts: []string{"p8e-"}, Body: letters62, Least: 30, Whole: true, Source: "gitleaks"},
	{ID: "adafruit", Starts: []string{"aio_"}, Body: letters62, Least: 28, Whole: true, Source: "adafruit.com"},
	{ID: "age-secret-key", Starts: []string{"AGE-SECRET-KEY-1"}, Body: "A-Z0-9", Least: 20, Source: "gitleaks"},
	{ID: "airtable", Starts: []string{"pat"}, Body: letters62 + ".", Least: 60, Whole: true, Source: "gitleaks"},
	{ID: "alibaba-access-key", Starts: []string{"LTAI"}, Body: letters62, Least: 12, Whole: true, Source: "gitleaks"},
	{ID: "anthropic", Starts: []string{"sk-ant-"}, Body: urlSafe, Least: 20, Source: "secretlint anthropic"},
	{ID: "artifactory", Starts: []string{"AKCp"}, Body: letters62, Least: 40, Source: "gitleaks"},
	{ID: "atlassian", Starts: []string{"ATATT3", "ATCTT3", "ATBB"}, Body: "A-Za-z0-9_=-", Least: 20,
		Source: "gitleaks"},
	{ID: "authress", Starts: []string{".acc_", ".acc-"}, Body: "A-Za-z0-9_.+/=-", Least: 40, Before: 60,
		Source: "gitleaks"},
	{ID: "aws-access-key-id", Starts: []string{"AKIA", "ASIA", "A3T"}, Body: "0-9A-Z", Least: 16,
		Source: "secretlint aws"},
	{ID: "aws-bedrock", Starts: []string{"ABSK"}, Body: base64, Least: 60, Source: "gitleaks"},
	{ID: "aws-session-token", Starts: []string{"IQoJb3JpZ2lu", "FwoGZXIv"}, Body: base64, Least: 20,
		Source: "docs.aws.amazon.com"},
	{ID: "azure-client-secret", Starts: []string{"8Q~", "7Q~"}, Body: "A-Za-z0-9_.~-", Least: 30, Before: 3,
		Source: "gitleaks"},
	{ID: "buildkite", Starts: []string{"bkua_", "bkaj_"}, Body: letters62, Least: 30, Source: "buildkite.com"},
	{ID: "circleci", Starts: []string{"CCIPAT_", "CCIPRJ_"}, Body: wordBytes, Least: 20, Source: "circleci.com"},
	{ID: "clickhouse", Starts: []string{"4b1d"}, Body: letters62, Least: 38, Whole: true, Source: "gitleaks"},
	{ID: "clojars", Starts: []string{"CLOJARS_"}, Body: letters62, Least: 40, Source: "gitleaks"},
	{ID: "cloudflare-origin", Starts: []string{"v1.0-"}, Body: "a-f0-9-", Least: 40, Whole: true, Source: "gitleaks"},
	{ID: "contentful", Starts: []string{"CFPAT-"}, Body: urlSafe, Least: 30, Source: "contentful.com"},
	{ID: "databricks", Starts: []string{"dapi"}, Body: hex, Least: 32, Source: "gitleaks"},
	{ID: "defined-networking", Starts: []string{"dnkey-"}, Body: "A-Za-z0-9_=-", Least: 60, Source: "gitleaks"},
	{ID: "digitalocean", Starts: []string{"dop_v1_", "doo_v1_", "dor_v1_"}, Body: hex, Least: 40, Source: "gitleaks"},
	{ID: "discord-webhook", Starts: []string{"discord.com/api/webhooks/", "discordapp.com/api/webhooks/",
		"discord.com/api/v8/webhooks/", "discord.com/api/v9/webhooks/", "discord.com/api/v10/webhooks/"}, Body: inPath,
		Least: 8,
		Keep:  true, Source: "discord.com"},
	{ID: "docker-hub", Starts: []string{"dckr_pat_", "dckr_oat_"}, Body: urlSafe, Least: 20, Source: "docs.docker.com"},
	{ID: "doppler", Starts: []string{"dp.pt.", "dp.st.", "dp.ct.", "dp.sa.", "dp.scim.", "dp.audit."}, Body: letters62 +
		"._-",
		Least: 30, Whole: true, Source: "gitleaks"},
	{ID: "duffel", Starts: []string{"duffel_live_", "duffel_test_"}, Body: urlSafe, Least: 30, Source: "gitleaks"},
	{ID: "dynatrace", Starts: []string{"dt0c01.", "dt0s01.", "dt0s02."}, Body: "A-Z0-9.", Least: 40,
		Source: "gitleaks"},
	{ID: "easypost", Starts: []string{"EZAK", "EZTK"}, Body: letters62, Least: 50, Source: "gitleaks"},
	{ID: "facebook", Starts: []string{"EAAM", "EAAC"}, Body: letters62, Least: 20, Whole: true, Source: "gitleaks"},
	{ID: "figma", Starts: []string{"figd_", "figo_"}, Body: urlSafe, Least: 30, Source: "figma.com"},
	{ID: "flutterwave", Starts: []string{"FLWSECK", "FLWPUBK_TEST-"}, Body: "A-Za-z0-9_-", Least: 12,
		Source: "gitleaks"},
	{ID: "fly", Starts: []string{"fm1_", "fm1r_", "fm1a_", "fm2_", "fo1_"}, Body: "A-Za-z0-9_+/=-", Least: 40,
		Source: "gitleaks"},
	{ID: "frameio", Starts: []string{"fio-u-"}, Body: "A-Za-z0-9_=-", Least: 40, Source: "gitleaks"},
	{ID: "github", Starts: []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_"}, Body: wordBytes, Least: 16,
		Source: "secretlint github"},
	{ID: "github-fine-grained", Starts: []string{"github_pat_"}, Body: wordBytes, Least: 20,
		Source: "secretlint github"},
	{ID: "gitlab",
		Starts: []string{"glpat-", "gldt-", "glrt-", "glptt-", "glft-", "glimt-", "glagent-", "glcbt-", "glsoat-",
			"glffct-", "gloas-", "GR1348941"}, Body: "A-Za-z0-9_.-", Least: 16, Source: "gitleaks"},
	{ID: "google-api-key", Starts: []string{"AIza"}, Body: urlSafe, Least: 30, Source: "gitleaks"},
	{ID: "google-oauth", Starts: []string{"ya29.", "GOCSPX-"}, Body: "A-Za-z0-9_.-", Least: 20,
		Source: "cloud.google.com"},
	{ID: "grafana", Starts: []string{"glsa_", "glc_"}, Body: "A-Za-z0-9_+/=", Least: 30, Source: "gitleaks"},
	{ID: "groq", Starts: []string{"gsk_"}, Body: letters62, Least: 40, Source: "groq.com"},
	{ID: "harness", Starts: []string{"pat.", "sat."}, Body: "A-Za-z0-9_.-", Least: 60, Whole: true, Source: "gitleaks"},
	{ID: "heroku", Starts: []string{"HRKU-"}, Body: urlSafe, Least: 30, Source: "gitleaks"},
	{ID: "huggingface", Starts: []string{"hf_", "api_org_"}, Body: letters62, Least: 30, Whole: true,
		Source: "gitleaks"},
	{ID: "infracost", Starts: []string{"ico-"}, Body: letters62, Least: 32, Whole: true, Source: "gitleaks"},
	{ID: "intra42", Starts: []string{"s-s4t2ud-", "s-s4t2af-"}, Body: hex, Least: 60, Source: "gitleaks"},
	{ID: "json-web-token", Starts: []string{"eyJ"}, Body: "A-Za-z0-9_=+/.-", Least: 10, Source: "RFC 7519"},
	{ID: "langchain", Starts: []string{"lsv2_pt_", "lsv2_sk_"}, Body: wordBytes, Least: 30, Source: "langchain.com"},
	{ID: "linear", Starts: []string{"lin_api_", "lin_oauth_"}, Body: wordBytes, Least: 32, Source: "secretlint linear"},
	{ID: "mattermost-webhook", Starts: []string{"/hooks/"}, Body: "a-z0-9", Least: 26, Keep: true,
		Source: "mattermost.com"},
	{ID: "alchemy-path", Starts: []string{".g.alchemy.com/v2/"}, Body: letters62 + "_-", Least: 20, Keep: true,
		Source: "alchemy.com"},
	{ID: "datadog-intake", Starts: []string{".datadoghq.com/v1/input/", ".datadoghq.eu/v1/input/"}, Body: letters62,
		Least: 20, Keep: true, Source: "docs.datadoghq.com"},
	{ID: "feishu-webhook", Starts: []string{"/open-apis/bot/v2/hook/", "/open-apis/bot/hook/"}, Body: "A-Za-z0-9-",
		Least: 20, Keep: true, Source: "open.feishu.cn"},
	{ID: "healthchecks", Starts: []string{"hc-ping.com/"}, Body: "A-Za-z0-9-", Least: 20, Keep: true,
		Source: "healthchecks.io"},
	{ID: "infura-path", Starts: []string{".infura.io/v3/", ".infura.io/ws/v3/"}, Body: letters62, Least: 20, Keep: true,
		Source: "infura.io"},
	{ID: "loggly-input", Starts: []string{".loggly.com/inputs/", ".loggly.com/bulk/"}, Body: "A-Za-z0-9-", Least: 20,
		Keep: true, Source: "loggly.com"},
	{ID: "maxmind", Starts: []string{"_mmk"}, Body: wordBytes, Least: 36, Before: 40, Source: "gitleaks"},
	{ID: "mailchimp-mandrill", Starts: []string{"md-"}, Body: wordBytes, Least: 22, Whole: true,
		Source: "mailchimp.com"},
	{ID: "mailgun", Starts: []string{"key-", "pubkey-"}, Body: hex, Least: 32, Whole: true, Source: "gitleaks"},
	{ID: "mapbox", Starts: []string{"sk.ey", "pk.ey"}, Body: "A-Za-z0-9_.-", Least: 40, Whole: true,
		Source: "gitleaks"},
	{ID: "netlify", Starts: []string{"nfp_"}, Body: letters62, Least: 30, Source: "netlify.com"},
	{ID: "new-relic", Starts: []string{"NRAK-", "NRJS-", "NRII-", "NRAA-"}, Body: urlSafe, Least: 19,
		Source: "gitleaks"},
	{ID: "notion", Starts: []string{"ntn_", "secret_"}, Body: letters62, Least: 40, Whole: true, Source: "gitleaks"},
	{ID: "npm", Starts: []string{"npm_"}, Body: wordBytes, Least: 30, Source: "secretlint npm"},
	{ID: "nuget", Starts: []string{"oy2"}, Body: "a-z0-9", Least: 43, Whole: true, Source: "nuget.org"},
	{ID: "octopus-deploy", Starts: []string{"API-"}, Body: "A-Z0-9", Least: 25, Whole: true, Source: "gitleaks"},
	{ID: "openai", Starts: []string{"sk-"}, Body: urlSafe, Least: 20, Whole: true, Source: "secretlint openai"},
	{ID: "openshift", Starts: []string{"sha256~"}, Body: urlSafe, Least: 40, Source: "gitleaks"},
	{ID: "perplexity", Starts: []string{"pplx-"}, Body: letters62, Least: 40, Source: "gitleaks"},
	{ID: "pinecone", Starts: []string{"pcsk_"}, Body: wordBytes, Least: 40, Source: "pinecone.io"},
	{ID: "plaid", Starts: []string{"access-sandbox-", "access-development-", "access-production-"}, Body: "a-f0-9-",
		Least:  30,
		Source: "gitleaks"},
	{ID: "planetscale", Starts: []string{"pscale_tkn_", "pscale_pw_", "pscale_oauth_"}, Body: "A-Za-z0-9_.=-",
		Least:  30,
		Source: "gitleaks"},
	{ID: "postman", Starts: []string{"PMAK-"}, Body: "a-f0-9-", Least: 50, Source: "gitleaks"},
	{ID: "prefect", Starts: []string{"pnu_"}, Body: letters62, Least: 30, Source: "gitleaks"},
	{ID: "pulumi", Starts: []string{"pul-"}, Body: hex, Least: 40, Source: "gitleaks"},
	{ID: "pypi", Starts: []string{"pypi-AgE"}, Body: urlSafe, Least: 40, Source: "gitleaks"},
	{ID: "readme", Starts: []string{"rdme_"}, Body: "a-z0-9", Least: 60, Source: "gitleaks"},
	{ID: "replicate", Starts: []string{"r8_"}, Body: letters62, Least: 30, Whole: true, Source: "replicate.com"},
	{ID: "rubygems", Starts: []string{"rubygems_"}, Body: hex, Least: 40, Source: "gitleaks"},
	{ID: "scalingo", Starts: []string{"tk-us-"}, Body: urlSafe, Least: 40, Source: "gitleaks"},
	{ID: "sendgrid", Starts: []string{"SG."}, Body: "A-Za-z0-9_.-", Least: 40, Whole: true,
		Source: "secretlint sendgrid"},
	{ID: "sendinblue", Starts: []string{"xkeysib-", "xsmtpsib-"}, Body: "A-Za-z0-9-", Least: 60, Source: "gitleaks"},
	{ID: "sentry", Starts: []string{"sntrys_", "sntryu_"}, Body: "A-Za-z0-9_+/=", Least: 40, Source: "gitleaks"},
	{ID: "settlemint", Starts: []string{"sm_aat_", "sm_pat_", "sm_sat_"}, Body: letters62, Least: 16, Whole: true,
		Source: "gitleaks"},
	{ID: "shippo", Starts: []string{"shippo_live_", "shippo_test_"}, Body: hex, Least: 30, Source: "gitleaks"},
	{ID: "shopify", Starts: []string{"shpat_", "shpca_", "shppa_", "shpss_"}, Body: letters62, Least: 32,
		Source: "secretlint shopify"},
	{ID: "slack",
		Starts: []string{"xoxb-", "xoxp-", "xoxa-", "xoxo-", "xoxr-", "xoxs-", "xoxe-", "xoxc-", "xoxd-", "xapp-",
			"xoxe."}, Body: "A-Za-z0-9.%-", Least: 8, Source: "secretlint slack"},
	{ID: "slack-webhook",
		Starts: []string{"hooks.slack.com/services/", "hooks.slack.com/workflows/", "hooks.slack.com/triggers/"},
		Body:   inPath, Least: 3, Keep: true, Source: "secretlint slack"},
	{ID: "sonar", Starts: []string{"squ_", "sqp_", "sqa_"}, Body: hex, Least: 40, Source: "gitleaks"},
	{ID: "sourcegraph", Starts: []string{"sgp_"}, Body: wordBytes, Least: 40, Source: "gitleaks"},
	{ID: "square", Starts: []string{"EAAA", "sq0atp-", "sq0csp-", "sq0idp-"}, Body: urlSafe, Least: 22,
		Source: "gitleaks"},
	{ID: "stripe",
		Starts: []string{"sk_live_", "sk_test_", "sk_prod_", "rk_live_", "rk_test_", "rk_prod_", "pk_live_", "pk_test_",
			"whsec_"}, Body: letters62, Least: 10, Source: "gitleaks"},
	{ID: "supabase", Starts: []string{"sbp_", "sb_secret_"}, Body: urlSafe, Least: 30, Source: "supabase.com"},
	{ID: "tailscale", Starts: []string{"tskey-"}, Body: urlSafe, Least: 20, Source: "tailscale.com"},
	{ID: "teams-webhook",
		Starts: []string{".webhook.office.com/", "outlook.office.com/webhook/", "outlook.office365.com/webhook/"},
		Body:   inPath, Least: 8, Keep: true, Source: "gitleaks"},
	{ID: "telegram-path", Starts: []string{"api.telegram.org/bot", "api.telegram.org/file/bot"}, Body: inPath, Least: 8,
		Keep:   true,
		Source: "core.telegram.org"},
	{ID: "terraform", Starts: []string{".atlasv1."}, Body: "A-Za-z0-9_=-", Least: 40, Before: 14, Source: "gitleaks"},
	{ID: "sumologic-receiver", Starts: []string{"/receiver/v1/http/"}, Body: "A-Za-z0-9_=-", Least: 20, Keep: true,
		Source: "sumologic.com"},
	{ID: "twilio", Starts: []string{"SK0", "SK1", "SK2", "SK3", "SK4", "SK5", "SK6", "SK7", "SK8", "SK9", "SKa", "SKb",
		"SKc", "SKd", "SKe", "SKf"}, Body: hex, Least: 31, Whole: true, Source: "gitleaks"},
	{ID: "webhook-path", Starts: []string{"/webhook/", "/webhooks/", "/hooks/", "webhook.site/", "/with/key/",
		"pagerduty.com/integration/"},
		Body: letters62, Least: 24, Keep: true, Source: "n8n.io, webhook.site, ifttt.com, pagerduty.com"},
	{ID: "typeform", Starts: []string{"tfp_"}, Body: "A-Za-z0-9_.=-", Least: 40, Source: "gitleaks"},
	{ID: "vault", Starts: []string{"hvs.", "hvb.", "hvr."}, Body: urlSafe, Least: 20, Whole: true, Source: "gitleaks"},
	{ID: "xai", Starts: []string{"xai-"}, Body: letters62, Least: 40, Whole: true, Source: "x.ai"},
	{ID: "yandex", Starts: []string{"AQVN", "t1.9eu"}, Body: "A-Za-z0-9_.-", Least: 30, Whole: true,
		Source: "gitleaks"},
	{ID: "zapier-webhook", Starts: []string{"hooks.zapier.com/hooks/catch/"}, Body: inPath, Least: 3, Keep: true,
		Source: "zapier.com"},
}

// tokenTable has the beginnings of the tokens, and which bytes may follow them.
var tokenTable = sync.OnceValue(func() *tokenIndex {
	index := &tokenIndex{bodies: map[string]*[256]bool{}}
	for n, t := range tokens {
		for _, start := range t.Starts {
			index.add(quickStart{start: start, of: n, exact: true, whole: t.Whole})
		}
		if index.bodies[t.Body] == nil {
			index.bodies[t.Body] = bytesIn(t.Body)
		}
	}
	return index
})

type tokenIndex struct {
	quicks
	bodies map[string]*[256]bool
}

// bytesIn are the bytes of ranges such as "a-z0-9_-".
func bytesIn(ranges string) *[256]bool {
	var in [256]bool
	if ranges == inPath {
		for c := range in {
			in[c] = !endsURL(byte(c)) && c != '*' && c != '?'
		}
		return &in
	}
	for i := 0; i < len(ranges); i++ {
		if i+2 < len(ranges) && ranges[i+1] == '-' {
			for c := int(ranges[i]); c <= int(ranges[i+2]); c++ {
				in[c] = true
			}
			i += 2
			continue
		}
		in[ranges[i]] = true
	}
	return &in
}

// maskTokens masks what has the form of a token.
func maskTokens(s string) string {
	e := edit{src: s}
	index := tokenTable()
	n := uint32(0)
	for i := range len(s) {
		if n = trigram(n, s[i]); i < 2 || i-2 < e.done {
			continue
		}
		for _, start := range index.at(n) {
			if secret, ok := index.secret(s, i-2, start); ok {
				e.mask(secret.from, secret.to)
				break
			}
		}
	}
	return e.String()
}

// secret is the part of the token that begins at s[from] which must not be seen.
func (t *tokenIndex) secret(s string, from int, start quickStart) (span, bool) {
	if !start.stands(s, from) {
		return span{}, false
	}
	form := &tokens[start.of]
	behind := from + len(start.start)
	end, body := behind, t.bodies[form.Body]
	for end < len(s) && body[s[end]] {
		end++
	}
	mark := from
	for form.Before > 0 && from > max(0, mark-form.Before) && body[s[from-1]] {
		from--
	}
	if mark-from+end-behind < form.Least {
		return span{}, false
	}
	if form.Body != inPath {
		end = behind + len(strings.TrimRight(s[behind:end], ".-"))
	}
	if form.Keep {
		from = behind
	}
	return span{from, end}, true
}

// beginsWord reports whether no letter or digit stands before s[i], but for the letter of an escape such as \n.
func beginsWord(s string, i int) bool {
	if i == 0 {
		return true
	}
	c := s[i-1]
	if c == '_' || c == '-' || c == '.' {
		return false
	}
	return !isNameByte(c) || i > 1 && s[i-2] == '\\' && (c == 'n' || c == 'r' || c == 't')
}

// maskBotTokens masks the tokens of Telegram and Discord, which begin with a number.
func maskBotTokens(s string) string {
	e := edit{src: s}
	for i := 0; ; {
		next := strings.Index(s[i:], ":AA")
		if next < 0 {
			return e.String()
		}
		colon := i + next
		from, end := colon, colon+1
		for from > i && '0' <= s[from-1] && s[from-1] <= '9' {
			from--
		}
		for end < len(s) && (isNameByte(s[end]) && s[end] != '.') {
			end++
		}
		if colon-from >= 8 && end-colon > 30 {
			e.mask(from, end)
		}
		i = end
	}
}
