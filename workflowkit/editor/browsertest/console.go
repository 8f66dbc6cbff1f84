package browsertest

import (
	"context"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// listen notes what goes wrong on the console, and leaves pages that ask whether they may be left: a page that has just
// saved can still ask, and would wait for an answer for ever.
func (p *Page) listen(event any) {
	switch e := event.(type) {
	case *page.EventJavascriptDialogOpening:
		if e.Type == "beforeunload" {
			go p.leave()
		}
	case *runtime.EventExceptionThrown:
		p.fault("exception: " + describe(e.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" || e.Type == "assert" {
			var parts []string
			for _, a := range e.Args {
				if a.Description != "" {
					parts = append(parts, a.Description)
					continue
				}
				parts = append(parts, string(a.Value))
			}
			p.fault(fmt.Sprintf("console.%s: %s", e.Type, strings.Join(parts, " ")))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" || e.Entry.Level == "warning" {
			p.fault(fmt.Sprintf("%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL))
		}
	}
}

// leave answers the question whether the page may be left.
func (p *Page) leave() {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	// If it cannot be answered, what wanted to leave the page says so.
	_, _ = chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
}

// Allow lets messages on the console pass from now on that have the text in them.
func (p *Page) Allow(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.allowed = append(p.allowed, text)
}

func describe(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Exception.Description
	}
	return d.Text
}

func (p *Page) fault(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, part := range p.allowed {
		if strings.Contains(text, part) {
			return
		}
	}
	p.faults = append(p.faults, text)
}

// check fails the test for what has gone wrong on the console.
func (p *Page) check() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, fault := range p.faults {
		p.t.Errorf("on the console: %s", fault)
	}
}
