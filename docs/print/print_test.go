package main

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whystopped/docs/picture"
)

// TestPages holds the kept pages to what is printed.
func TestPages(t *testing.T) {
	for name, print := range pages {
		t.Run(name, func(t *testing.T) {
			now, err := print("..")
			if err != nil {
				t.Fatal(err)
			}
			kept, err := os.ReadFile(filepath.Join("..", name))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(kept), "\n"), strings.Split(now, "\n")); diff != "" {
				t.Errorf("docs/%s is stale, go generate ./docs/print writes it; -kept +now:\n%s", name, diff)
			}
		})
	}
}

func TestDollars(t *testing.T) {
	for amount, want := range map[float64]string{0: "under $0.01", 0.004: "under $0.01", 0.005: "$0.01", 1.5: "$1.50",
		901.2: "$901.20", 1234567.891: "$1,234,567.89"} {
		if got := dollars(amount); got != want {
			t.Errorf("%f is %s, want %s", amount, got, want)
		}
	}
}

// TestPicturesArePlainAndWhole holds every picture to what a page may show anywhere: shapes and texts, nothing from
// elsewhere, small, and no text that runs out of it.
func TestPicturesArePlainAndWhole(t *testing.T) {
	files, err := filepath.Glob("../pictures/*.svg")
	if err != nil || len(files) == 0 {
		t.Fatal("no pictures", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			kept, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(kept) > 60_000 {
				t.Errorf("%d bytes, at most 60,000 are loaded fast", len(kept))
			}
			var all struct {
				Width float64 `xml:"width,attr"`
				Title string  `xml:"title"`
				Desc  string  `xml:"desc"`
				Parts []struct {
					XMLName xml.Name
					Attrs   []xml.Attr `xml:",any,attr"`
					Text    string     `xml:",chardata"`
				} `xml:",any"`
			}
			if err := xml.Unmarshal(kept, &all); err != nil {
				t.Fatal(err)
			}
			if all.Title == "" || all.Desc == "" {
				t.Error("it has no title or no description")
			}
			for _, p := range all.Parts {
				if !slices.Contains([]string{"rect", "text", "polyline", "polygon"}, p.XMLName.Local) {
					t.Errorf("it has <%s>", p.XMLName.Local)
				}
				at := map[string]string{}
				for _, a := range p.Attrs {
					at[a.Name.Local] = a.Value
					if strings.Contains(a.Value, "url(") || strings.Contains(a.Value, "://") ||
						a.Name.Local == "href" || a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") {
						t.Errorf("<%s> has %s=%q", p.XMLName.Local, a.Name.Local, a.Value)
					}
				}
				if p.XMLName.Local != "text" {
					continue
				}
				x, _ := strconv.ParseFloat(at["x"], 64)
				size, _ := strconv.ParseFloat(at["font-size"], 64)
				wide := picture.Width(p.Text, picture.Style{Size: size, Bold: at["font-weight"] == "bold",
					Mono: strings.Contains(at["font-family"], "mono")})
				if at["text-anchor"] == "middle" {
					wide /= 2
				}
				if x+wide > all.Width {
					t.Errorf("%q ends at %.0f of %.0f", p.Text, x+wide, all.Width)
				}
			}
		})
	}
}
