package screen

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// A flag that a command takes from elsewhere where it is not given: from a variable, else from the file of defaults.
type elsewhere struct {
	flag, variable string
	before         []string // variables of AWS that count before the file
}

var defaults = []elsewhere{
	{flag: "from", variable: "WHYSTOPPED_FROM"},
	{flag: "cluster", variable: "WHYSTOPPED_CLUSTER"},
	{flag: "profile", variable: "WHYSTOPPED_PROFILE", before: []string{"AWS_PROFILE", "AWS_DEFAULT_PROFILE",
		"AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI"}},
	{flag: "region", variable: "WHYSTOPPED_REGION", before: []string{"AWS_REGION", "AWS_DEFAULT_REGION"}},
}

// defaultsFile is the variable that names the file of defaults.
const defaultsFile = "WHYSTOPPED_CONFIG"

// inherits marks a flag that has a default from elsewhere.
const inherits = "whystopped inherits"

// Inherit lets flags of a command have their defaults from elsewhere.
func Inherit(c *cobra.Command, flags ...string) {
	for _, d := range defaults {
		if slices.Contains(flags, d.flag) {
			c.Flags().SetAnnotation(d.flag, inherits, nil)
			c.Flags().Lookup(d.flag).Usage += "; " + d.variable + " is its default"
		}
	}
}

// inherit sets the flags that were not given. They still do not count as given.
func inherit(c *cobra.Command, _ []string) error {
	if err := wrongTogether(c); err != nil {
		return err
	}
	var inFile map[string]string
	for _, d := range defaults {
		flag := c.Flags().Lookup(d.flag)
		if flag == nil || flag.Changed {
			continue
		}
		if _, ok := flag.Annotations[inherits]; !ok {
			continue
		}
		value := os.Getenv(d.variable)
		if value == "" && !slices.ContainsFunc(d.before, func(v string) bool { return os.Getenv(v) != "" }) {
			if inFile == nil {
				var err error
				if inFile, err = readDefaults(); err != nil {
					return err
				}
			}
			value = inFile[d.flag]
		}
		if value == "" {
			continue
		}
		if err := flag.Value.Set(value); err != nil {
			return fmt.Errorf("%s, the default of --%s: %w", d.variable, d.flag, err)
		}
	}
	return nil
}

// readDefaults reads the file of defaults: that of the variable, else the one in the user's configuration, if any.
func readDefaults() (map[string]string, error) {
	path := os.Getenv(defaultsFile)
	named := path != ""
	if !named {
		dir, err := os.UserConfigDir()
		if err != nil {
			return map[string]string{}, nil // no home, no file
		}
		path = filepath.Join(dir, "whystopped", "config")
	}
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !named:
		return map[string]string{}, nil
	case err != nil:
		return nil, fmt.Errorf("read the defaults: %w", err)
	}
	values, err := parseDefaults(text)
	if err != nil {
		return nil, fmt.Errorf("%s, %w", path, err)
	}
	return values, nil
}

// parseDefaults reads lines of the form flag = value; empty lines and those that begin with # say nothing.
func parseDefaults(text []byte) (map[string]string, error) {
	var flags []string
	for _, d := range defaults {
		flags = append(flags, d.flag)
	}
	values := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		flag, value, found := strings.Cut(line, "=")
		flag, value = strings.TrimSpace(flag), strings.TrimSpace(value)
		switch {
		case !found || value == "":
			return nil, fmt.Errorf("line %d: must be a flag, = and a value, such as cluster = prod", n)
		case !slices.Contains(flags, flag):
			meant := DidYouMean(flag, flags)
			if meant == "" {
				meant = ": use " + strings.Join(flags, ", ")
			}
			return nil, fmt.Errorf("line %d: there is no default of %q%s", n, flag, meant)
		case values[flag] != "":
			return nil, fmt.Errorf("line %d: %s has a default already", n, flag)
		}
		values[flag] = value
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the defaults: %w", err)
	}
	return values, nil
}
