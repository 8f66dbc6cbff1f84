package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/chromedp"
)

// Element is something on a page that assistive technology knows.
type Element struct {
	Role, Name, Description, Value string

	node cdp.BackendNodeID
}

// errNone says that nothing on the page has the role and the name, yet.
var errNone = errors.New("nothing has the role and the name")

// Elements returns what has a role, in the order of the page. An empty role means all.
func (p *Page) Elements(role string) []Element {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	found, err := p.elements(ctx, role)
	if err != nil {
		p.t.Fatalf("elements of the role %q: %v", role, err)
	}
	return found
}

func (p *Page) elements(ctx context.Context, role string) ([]Element, error) {
	document, err := chromedp.Call(ctx, dom.GetDocument, dom.GetDocumentParams{})
	if err != nil {
		return nil, err
	}
	result, err := chromedp.Call(ctx, accessibility.QueryAXTree, accessibility.QueryAXTreeParams{BackendNodeID: document.Root.BackendNodeID, Role: role})
	if err != nil {
		return nil, err
	}
	var out []Element
	for _, n := range result.Nodes {
		if !n.Ignored {
			out = append(out, Element{
				Role: valueOf(n.Role), Name: valueOf(n.Name), Description: valueOf(n.Description), Value: valueOf(n.Value), node: n.BackendDOMNodeID,
			})
		}
	}
	return out, nil
}

func valueOf(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	var text any
	if json.Unmarshal(v.Value, &text) != nil {
		return ""
	}
	return fmt.Sprint(text)
}

// matches reports whether a name is the one that is looked for. One that ends in … stands for all that begin so, and one
// that begins with … for all that have the rest in them.
func matches(name, want string) bool {
	if part, ok := strings.CutPrefix(want, "…"); ok {
		return strings.Contains(name, part)
	}
	if start, ok := strings.CutSuffix(want, "…"); ok {
		return strings.HasPrefix(name, start)
	}
	return name == want
}

// find returns the first element with a role and a name that can be seen.
func (p *Page) find(ctx context.Context, role, name string) (Element, error) {
	found, err := p.elements(ctx, role)
	if err != nil {
		return Element{}, err
	}
	var seen []string
	for _, e := range found {
		if matches(e.Name, name) {
			return e, nil
		}
		if len(seen) < 40 {
			seen = append(seen, e.Name)
		}
	}
	return Element{}, fmt.Errorf("%w: %s are %q", errNone, role, seen)
}

// attempt is how long the browser may take for one question. One that is asked while a page leaves may never be answered.
const attempt = 15 * time.Second

// retry calls f until it succeeds.
func (p *Page) retry(what string, f func(ctx context.Context) error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	var last error
	for {
		one, end := context.WithTimeout(ctx, attempt)
		err := f(one)
		end()
		if err == nil {
			return
		}
		if last == nil || ctx.Err() == nil {
			last = err
		}
		pause := time.NewTimer(30 * time.Millisecond)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			p.t.Fatalf("%s: %v", what, last)
		}
	}
}

// See waits until something with a role and a name is there, and returns it.
func (p *Page) See(role, name string) Element {
	p.t.Helper()
	var e Element
	p.retry(fmt.Sprintf("see %s %q", role, name), func(ctx context.Context) (err error) {
		e, err = p.find(ctx, role, name)
		return err
	})
	return e
}

// Gone waits until nothing with a role and a name is there any more.
func (p *Page) Gone(role, name string) {
	p.t.Helper()
	p.retry(fmt.Sprintf("%s %q goes away", role, name), func(ctx context.Context) error {
		_, err := p.find(ctx, role, name)
		switch {
		case errors.Is(err, errNone):
			return nil
		case err != nil:
			return err
		}
		return errors.New("it is still there")
	})
}

// Has reports whether something with a role and a name is there now.
func (p *Page) Has(role, name string) bool {
	p.t.Helper()
	for _, e := range p.Elements(role) {
		if matches(e.Name, name) {
			return true
		}
	}
	return false
}

// Read waits until the text of the page has a part in it.
func (p *Page) Read(part string) {
	p.t.Helper()
	p.Until(fmt.Sprintf("read %q", part), fmt.Sprintf("document.body.innerText.includes(%s)", quote(part)))
}

// Until waits until an expression is true in the page.
func (p *Page) Until(what, expression string) {
	p.t.Helper()
	p.retry(what, func(ctx context.Context) error {
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Promise.resolve("+expression+").then(Boolean)", chromedp.EvalAwaitPromise))
		if err == nil && !is {
			err = fmt.Errorf("%s is false", expression)
		}
		return err
	})
}

func quote(text string) string {
	raw, err := json.Marshal(text)
	if err != nil {
		return `""` // unreachable: strings always marshal
	}
	return string(raw)
}

// Test returns the selector of an element that has its name for tests in the attribute data-testid.
func Test(id string) string { return fmt.Sprintf("[data-testid=%s]", quote(id)) }

// SeeAt waits until something that a selector of CSS finds is there.
func (p *Page) SeeAt(selector string) {
	p.t.Helper()
	p.Until("see "+selector, fmt.Sprintf("document.querySelector(%s)", quote(selector)))
}

// GoneAt waits until nothing that a selector of CSS finds is there any more.
func (p *Page) GoneAt(selector string) {
	p.t.Helper()
	p.Until(selector+" goes away", fmt.Sprintf("!document.querySelector(%s)", quote(selector)))
}

// Count returns how many elements a selector of CSS finds.
func (p *Page) Count(selector string) int {
	p.t.Helper()
	return Eval[int](p, fmt.Sprintf("document.querySelectorAll(%s).length", quote(selector)))
}

// ReadAt waits until the text of what a selector of CSS finds has a part in it.
func (p *Page) ReadAt(selector, part string) {
	p.t.Helper()
	p.Until(fmt.Sprintf("read %q at %s", part, selector),
		fmt.Sprintf("document.querySelector(%s)?.textContent.includes(%s)", quote(selector), quote(part)))
}

// TextAt returns the text of what a selector of CSS finds, once it is there.
func (p *Page) TextAt(selector string) string {
	p.t.Helper()
	p.SeeAt(selector)
	return Eval[string](p, fmt.Sprintf("document.querySelector(%s).textContent", quote(selector)))
}
