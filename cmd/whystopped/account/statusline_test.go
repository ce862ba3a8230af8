package account

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStatusLineIsForTerminals(t *testing.T) {
	var out bytes.Buffer
	line := statusLine{w: &out, on: true, width: 20}
	line.say("the route tables of the VPC\x1b[2J")
	line.clear()
	if want := "\r\x1b[Kreading the route t\r\x1b[K"; !cmp.Equal(out.String(), want) {
		t.Errorf("wrote %q, want %q", out.String(), want)
	}
	out.Reset()
	silent := statusLine{w: &out}
	silent.say("the route tables")
	silent.clear()
	if out.Len() > 0 {
		t.Errorf("a pipe gets %q", out.String())
	}
}
