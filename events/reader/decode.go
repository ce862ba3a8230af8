// Package reader reads stops from whatever people have in hand: what a console shows, what a command printed, a log, an
// e-mail. It finds the documents in a text, turns what is no JSON into documents in the vocabulary of ECS, and has
// package events read them.
//
// It promises that text around what was explained is no error, that an input that cannot be explained is refused in a
// sentence that says what it is or what to do, and in at most maxRefusals of them, and that it holds no more of a
// stream than one document. It has no network, no files, no clock and no environment.
package reader

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"whystopped/events"
)

const (
	maxRefusals = 3
	maxDocument = 32 << 20  // the memory that one document may take, in bytes
	maxArray    = 256 << 10 // from this size on, the elements of an array are documents of their own
	maxRun      = 1 << 20   // how much text is looked at as a whole
	maxDepth    = 4         // how many texts may stand one in another
	maxHeld     = 1000      // how many stops of mere words wait for a document
	maxAliens   = 100       // how many documents of something else are looked at for what they are
)

// Decode reads stops from r as they come, of all forms that events.Decode reads and of the Forms and Wrappings of this
// package. Each value is a Stop, or a *events.Refusal whose place starts with name; after it reading goes on. An error
// of r itself ends the sequence and is not a *events.Refusal.
func Decode(name string, r io.Reader) iter.Seq2[events.Stop, error] {
	return func(out func(events.Stop, error) bool) {
		d := decoder{name: name, out: out}
		text, err := undo(r)
		if err == nil {
			text, err = unframed(text)
		}
		if err == nil {
			d.source = source{r: text, line: 1}
			d.read()
			d.flush()
			err = d.source.err
		}
		if damaged(err) {
			d.refuse(&events.Refusal{Reason: "the compressed data is cut off or damaged; fetch the file again",
				Raw: []byte{}})
		} else if err != nil {
			d.yield(events.Stop{}, fmt.Errorf("%s: %w", name, err))
			return
		}
		d.end()
	}
}

// answer is a stop, or what could not be read.
type answer struct {
	stop    events.Stop
	refusal *events.Refusal
}

// decoder reads one input, or a text within one.
type decoder struct {
	name   string
	depth  int
	out    func(events.Stop, error) bool
	done   bool // nobody listens any more
	source source

	run      []byte // text in which nothing was found yet
	runLine  int
	space    bool // run holds white space only
	midLine  bool // its last line does not
	inMember bool // it ends in the name of a member of JSON, as the middle of a document does

	something bool              // but white space
	told      int               // stops of documents
	refused   int               // refusals of what should have been explained
	beside    int               // refusals that are no fault beside a stop
	besides   []*events.Refusal // the first of them
	last      *events.Refusal   // the last of them that was allowed, and not yet told
	first     *events.Stop      // the only stop so far, where log lines may follow it
	log       []byte            // what followed it, or the only stop of mere words
	held      []events.Stop     // stops of mere words
	said      map[string]bool   // what was held
	aliens    int               // documents that hold nothing of ECS
	foreign   *events.Refusal   // the first document that holds nothing of ECS
	hint      *events.Refusal   // what else the input is
}

// yield hands out a value.
func (d *decoder) yield(s events.Stop, err error) {
	if !d.done {
		d.done = !d.out(s, err)
	}
}

// tell hands out what was read in a document.
func (d *decoder) tell(answers []answer) {
	for _, a := range answers {
		if a.refusal == nil {
			d.told++
			d.give(a.stop)
			continue
		}
		d.refuse(a.refusal)
	}
}

// refuse hands out a refusal as long as there are few; the last one stands for all further ones. What is no fault
// beside a stop waits for the end.
func (d *decoder) refuse(r *events.Refusal) {
	r.Name = d.name
	if r.Beside {
		if d.beside++; len(d.besides) < maxRefusals {
			d.besides = append(d.besides, r)
		}
		return
	}
	d.release()
	switch d.refused++; {
	case d.refused < maxRefusals:
		d.yield(events.Stop{}, r)
	case d.refused == maxRefusals:
		d.last = r
	default:
		d.last.More++
	}
}

// end hands out what waited for the end.
func (d *decoder) end() {
	d.release()
	if d.told == 0 && d.refused == 0 {
		for _, s := range d.held {
			if len(d.held) == 1 && hadLog(s) {
				s.LogLines = d.logLines()
			}
			d.yield(s, nil)
		}
		if len(d.held) == 0 && d.beside == 0 {
			d.refuse(cmp.Or(d.hint, d.foreign, nothing(!d.something)))
		}
	}
	if d.last != nil {
		if n := d.last.More; n > 0 {
			d.last.Reason += fmt.Sprintf("; and %d more parts could not be read", n)
		}
		d.yield(events.Stop{}, d.last)
	}
	room := min(max(0, maxRefusals-d.refused), d.beside)
	for i, r := range d.besides[:room] {
		if more := d.beside - room; more > 0 && i == room-1 {
			r.Reason, r.More = r.Reason+fmt.Sprintf("; and %d more parts hold no stop", more), more
		}
		d.yield(events.Stop{}, r)
	}
}

// read takes the source apart into JSON and the text around it.
func (d *decoder) read() {
	s := &d.source
	for !d.done {
		rest := s.rest()
		i := candidate(rest)
		d.text(i)
		if s.pos == len(s.buf) {
			if !s.fill() {
				return
			}
			continue
		}
		if !d.json() {
			d.text(1)
		}
	}
}

// candidate returns where in b JSON may begin; the length of b where nowhere.
func candidate(b []byte) int {
	if i := bytes.IndexAny(b, "{["); i >= 0 {
		return i
	}
	return len(b)
}

// text adds the next n bytes to the text in which nothing was found yet.
func (d *decoder) text(n int) {
	if n == 0 {
		return
	}
	if len(d.run) == 0 {
		d.runLine, d.space = d.source.line, true
	}
	taken := d.source.advance(n)
	d.run = append(d.run, taken...)
	d.space = d.space && isBlank(taken)
	if i := bytes.LastIndexByte(taken, '\n'); i >= 0 {
		d.midLine, taken = false, taken[i+1:]
	}
	d.midLine = d.midLine || !isBlank(taken)
	if trimmed := bytes.TrimRight(taken, " \t"); len(trimmed) > 0 {
		d.inMember = bytes.HasSuffix(trimmed, []byte(`":`))
	}
	if len(d.run) >= maxRun {
		end := bytes.LastIndexByte(d.run, '\n') + 1
		if end == 0 {
			end = len(d.run)
		}
		rest := bytes.Clone(d.run[end:])
		d.run = d.run[:end]
		line := d.runLine + bytes.Count(d.run, newline)
		d.flush()
		d.run, d.runLine, d.space = append(d.run, rest...), line, false
	}
}

// isBlank reports whether a text is white space or a byte-order mark.
func isBlank(b []byte) bool { return len(bytes.Trim(b, " \t\r\n\uFEFF")) == 0 }

// json reads the JSON that may stand at the next byte, and reports whether it is some, or was meant to be.
func (d *decoder) json() bool {
	s := &d.source
	atStart := !d.midLine
	switch c, next := s.rest()[0], s.peek(1); {
	case next == 0 && s.eof && atStart && len(bytes.TrimSpace(s.rest())) == 1, next == '"', c == '{' && next == '}':
	case c == '[' && (next == '{' || atStart && (next == '[' || next == ']' || '0' <= next && next <= '9')):
	default:
		return false
	}
	line, ofMember := s.line, d.inMember
	scan := scanner{}
	for scan.want < isDone {
		scan.scan(s.rest())
		switch {
		case scan.want >= isDone:
		case len(scan.elements) > 1 && scan.at > maxArray && !ofMember:
			return d.elements(line)
		case scan.at >= maxDocument:
			d.flush()
			d.refuse(&events.Refusal{Line: line, Reason: fmt.Sprintf("the document is larger than %d MiB",
				maxDocument>>20), Raw: []byte{}})
			d.skip(scan.at)
			return true
		case !s.fill():
			return d.broken(&scan, line, atStart)
		}
	}
	if scan.want == isBroken {
		return d.broken(&scan, line, atStart)
	}
	if ofMember {
		d.text(scan.at)
		return true
	}
	doc := bytes.Clone(s.rest()[:scan.at])
	answers := d.document(doc, line, scan.elements)
	if answers == nil && !d.alien(doc, line, atStart && d.endsLine(scan.at)) {
		d.text(scan.at)
		return true
	}
	d.flush()
	s.advance(scan.at)
	d.midLine = true
	if answers == nil {
		d.follows(doc)
	}
	d.tell(answers)
	return true
}

// endsLine reports whether nothing but a comma stands on a line from i on.
func (d *decoder) endsLine(i int) bool {
	for ; ; i++ {
		if i >= len(d.source.rest()) && !d.source.fill() {
			return true
		}
		switch d.source.rest()[i] {
		case '\n':
			return true
		case ' ', '\t', '\r', ',', '`':
		default:
			return false
		}
	}
}

// document has package events read a JSON document, as it is or in the vocabulary of ECS. It is nil where the document
// holds nothing of ECS.
func (d *decoder) document(doc []byte, line int, elements []int) []answer {
	var answers []answer
	add := func(doc []byte, line int, path string) {
		for _, a := range d.known(doc, line) {
			if a.refusal != nil {
				a.refusal.Line = line
				if path != "" {
					a.refusal.Path = strings.TrimSuffix(path+"."+a.refusal.Path, ".")
				}
				if a.refusal.Foreign {
					continue
				}
			}
			answers = append(answers, a)
		}
	}
	if len(elements) > 0 && doc[elements[0]] == '{' && standard(doc) && !events.Together(doc) {
		for i, start := range elements {
			end := len(doc) - 1
			if i+1 < len(elements) {
				end = elements[i+1]
			}
			add(bytes.TrimRight(doc[start:end], ", \t\r\n"), line+bytes.Count(doc[:start], newline),
				member(i))
		}
		return answers
	}
	add(doc, line, "")
	return answers
}

// known is what package events reads of a document, unless more is known of it in the vocabulary of ECS or unpacked.
func (d *decoder) known(doc []byte, line int) []answer {
	answers := parsed(doc)
	have := worth(answers)
	if have > 0 && standard(doc) || !utf8.Valid(doc) {
		return answers
	}
	if unpacked := d.unpacked(doc, line); worth(unpacked) > have {
		return unpacked
	}
	if !has(string(doc), shapes) {
		return answers
	}
	if v, ok := fromJSON(doc); ok {
		more := documents(shaped(v))
		if worth(more) > have && (have == 0 || stops(more) == stops(answers)) {
			return more
		}
	}
	return answers
}

// standard reports whether a document has the names that every description by ECS itself has, so that nothing in it
// goes by another.
func standard(doc []byte) bool {
	for _, name := range standardNames {
		if bytes.Contains(doc, name) {
			return true
		}
	}
	return bytes.Contains(doc, []byte(`"taskArn"`)) && bytes.Contains(doc, []byte(`"lastStatus"`))
}

var standardNames = [][]byte{[]byte(`"detail-type"`), []byte(`"clusterArn"`), []byte(`"serviceArn"`),
	[]byte(`"jobArn"`),
	[]byte(`"containerArn"`), []byte(`"jobId"`), []byte(`"previousEventId"`), []byte(`"executionArn"`),
	[]byte(`"TaskARN"`), []byte(`"DockerId"`), []byte(`"eventSource"`), []byte(`"rolloutState"`),
	[]byte(`"com.amazonaws.ecs.task-arn"`)}

// documents are what package events reads of objects in the vocabulary of ECS.
func documents(objects []object) (answers []answer) {
	for _, o := range objects {
		doc, err := json.Marshal(o)
		if err == nil {
			answers = append(answers, parsed(doc)...)
		}
	}
	return answers
}

// stops is how many stops are among answers.
func stops(answers []answer) (n int) {
	for _, a := range answers {
		if a.refusal == nil {
			n++
		}
	}
	return n
}

// worth is how much is known of the stops among answers.
func worth(answers []answer) (n int) {
	for _, a := range answers {
		if a.refusal != nil {
			continue
		}
		n++
		for _, said := range []string{a.stop.TaskARN, a.stop.StopCode, a.stop.StoppedReason, a.stop.Cluster} {
			n += min(len(said), 1)
		}
		for _, c := range a.stop.Containers {
			n += min(len(c.Name), 1) + 2*min(len(c.Reason), 1)
			if c.ExitCode != nil {
				n += 2
			}
		}
	}
	return n
}

// parsed is what package events reads of a document.
func parsed(doc []byte) []answer {
	stops, err := events.Parse(doc)
	answers := make([]answer, 0, len(stops))
	for _, s := range stops {
		answers = append(answers, answer{stop: s})
	}
	errs := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		errs = joined.Unwrap()
	}
	for _, err := range errs {
		if r, ok := errors.AsType[*events.Refusal](err); ok {
			answers = append(answers, answer{refusal: r})
		}
	}
	return answers
}

// alien notes a document that holds no stop, and the words in it that tell of one. It reports whether that is all there
// is to it, so that it is no part of the text around it.
func (d *decoder) alien(doc []byte, line int, alone bool) bool {
	if d.aliens++; d.aliens <= maxAliens && d.hint == nil && len(doc) < maxArray {
		if is := strange(string(doc)); is != nil {
			d.hinted(line, is, doc)
		}
	}
	if d.foreign == nil && alone {
		for _, a := range parsed(doc) {
			d.foreign = a.refusal
			d.foreign.Line = line
			break
		}
	}
	var v any
	if d.told > 0 || !has(string(doc), shapes) || json.Unmarshal(doc, &v) != nil {
		return alone
	}
	for text := range texts(v) {
		found := words(text)
		d.hold(found, line)
		alone = alone || found != nil
	}
	return alone
}

// elements reads the elements of a long array one by one.
func (d *decoder) elements(line int) bool {
	s := &d.source
	d.flush()
	s.advance(1)
	for i := 0; !d.done; i++ {
		c := s.peek(0)
		for c == ',' {
			s.advance(bytes.IndexByte(s.rest(), c) + 1)
			c = s.peek(0)
		}
		if c == 0 || c == ']' {
			if c == 0 {
				d.refuse(&events.Refusal{Line: s.line, Reason: cutOff(line), Raw: []byte{}})
			}
			s.advance(min(len(s.rest()), bytes.IndexByte(s.rest(), c)+1))
			return true
		}
		s.advance(len(s.rest()) - len(bytes.TrimLeft(s.rest(), " \t\r\n")))
		scan := scanner{}
		for scan.want < isDone && scan.at < maxDocument {
			if scan.scan(s.rest()); scan.want < isDone && !s.fill() {
				break
			}
		}
		if scan.want != isDone {
			return d.broken(&scan, s.line, true)
		}
		line := s.line
		doc := bytes.Clone(s.advance(scan.at))
		answers := d.document(doc, line, nil)
		for _, a := range answers {
			if a.refusal != nil {
				a.refusal.Path = strings.TrimSuffix(member(i)+"."+a.refusal.Path, ".")
			}
		}
		if answers == nil {
			d.alien(doc, line, true)
		}
		d.tell(answers)
	}
	return true
}

// hold keeps what mere words tell until it is known that no document tells more.
func (d *decoder) hold(found []object, line int) {
	for _, f := range found {
		doc, _ := json.Marshal(f) // of strings: it cannot fail
		if d.said[string(doc)] || len(d.held) == maxHeld {
			continue
		}
		if d.said == nil {
			d.said = map[string]bool{}
		}
		d.said[string(doc)] = true
		for _, a := range parsed(doc) {
			if a.refusal == nil {
				d.held = append(d.held, a.stop)
			} else if !a.refusal.Foreign {
				d.hinted(line, a.refusal, doc)
			}
		}
	}
}

// hinted notes what an input is that cannot be explained.
func (d *decoder) hinted(line int, is *events.Refusal, raw []byte) {
	if d.hint == nil {
		d.hint = &events.Refusal{Line: line, Reason: is.Reason, Ask: is.Ask, Raw: raw}
	}
}

// flush looks for stops in the text that was gathered.
func (d *decoder) flush() {
	run, line := d.run, d.runLine
	d.run = d.run[:0]
	if d.space || len(run) == 0 {
		return
	}
	text := string(run)
	d.something = true
	if answers := d.quotedDocuments(text, line); answers != nil {
		d.tell(answers)
		return
	}
	if is := strange(text); d.hint == nil && is != nil {
		d.hinted(line, is, bytes.Clone(run))
	}
	var said []object
	log := ""
	if d.told == 0 {
		text, log = withoutLog(text)
		said = words(text)
	}
	defer func() { d.follows([]byte(log)) }()
	for i, in := range families {
		answers := documents(in(text))
		if len(answers) > 0 && worth(answers) == 0 && !answers[0].refusal.Foreign {
			d.hinted(line, answers[0].refusal, bytes.Clone(run))
		}
		if worth(answers) > 0 {
			if words := documents(said); i >= loose && stops(words) == stops(answers) && worth(words) > worth(answers) {
				break
			}
			for _, a := range answers {
				if a.refusal != nil {
					a.refusal.Line = line
				}
			}
			d.tell(answers)
			return
		}
	}
	if d.told > 0 {
		log = text
	}
	d.hold(said, line)
}

// families are the ways in which a text may hold documents, each tried where those before it found none.
var families = []func(text string) []object{awsTextIn, ecsCLIIn, tablesIn, csvIn, fragmentIn, printedIn, yamlIn,
	rowsIn}

// loose is from which of the families on mere words may tell more.
const loose = 6

// skip leaves out n bytes and what stands behind them up to the next line that begins a document.
func (d *decoder) skip(n int) {
	s := &d.source
	s.advance(n)
	for {
		rest := s.rest()
		for i := 0; i+1 < len(rest); i++ {
			if rest[i] == '\n' && (rest[i+1] == '{' || rest[i+1] == '[') {
				s.advance(i + 1)
				return
			}
		}
		s.advance(max(0, len(rest)-1))
		if !s.fill() {
			s.advance(len(s.rest()))
			return
		}
	}
}
