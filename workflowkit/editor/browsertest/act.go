package browsertest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Click clicks in the middle of something with the mouse.
func (p *Page) Click(role, name string) {
	p.t.Helper()
	p.retry(fmt.Sprintf("click %s %q", role, name), func(ctx context.Context) error {
		x, y, err := p.center(ctx, role, name)
		if err != nil {
			return err
		}
		return p.press(x, y)
	})
}

// press clicks at a place, once.
func (p *Page) press(x, y float64) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Do(ctx, chromedp.MouseClickXY(x, y))
}

// center returns where the middle of something is, once it can be seen and does not move.
func (p *Page) center(ctx context.Context, role, name string) (x, y float64, err error) {
	e, err := p.find(ctx, role, name)
	if err != nil {
		return 0, 0, err
	}
	if _, err := chromedp.Call(ctx, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: e.node}); err != nil {
		return 0, 0, err
	}
	x, y, err = middle(ctx, e)
	if err != nil {
		return 0, 0, err
	}
	// What a page does because of something before it does within two frames or so.
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void]("new Promise(done => setTimeout(done, 40))", chromedp.EvalAwaitPromise)); err != nil {
		return 0, 0, err
	}
	nextX, nextY, err := middle(ctx, e)
	if err == nil && (nextX != x || nextY != y) {
		err = errors.New("it is moving")
	}
	return x, y, err
}

func middle(ctx context.Context, e Element) (x, y float64, err error) {
	quads, err := chromedp.Call(ctx, dom.GetContentQuads, dom.GetContentQuadsParams{BackendNodeID: e.node})
	if err != nil {
		return 0, 0, err
	}
	if len(quads.Quads) == 0 {
		return 0, 0, errors.New("it has no place on the page")
	}
	q := quads.Quads[0]
	return (q[0] + q[2] + q[4] + q[6]) / 4, (q[1] + q[3] + q[5] + q[7]) / 4, nil
}

// Place returns where the middle of something is.
func (p *Page) Place(role, name string) (x, y float64) {
	p.t.Helper()
	p.retry(fmt.Sprintf("find %s %q", role, name), func(ctx context.Context) (err error) {
		x, y, err = p.center(ctx, role, name)
		return err
	})
	return x, y
}

// Drag presses the mouse at one place, moves it to another in steps, and lets it go.
func (p *Page) Drag(fromX, fromY, toX, toY float64) {
	p.t.Helper()
	const steps = 12
	p.do("drag", chromedp.DragAndDropXY(fromX, fromY, toX, toY, steps))
}

// Hold presses the mouse at one place and moves it to others. Drop lets it go.
func (p *Page) Hold(fromX, fromY float64, to ...[2]float64) {
	p.t.Helper()
	actions := []chromedp.Action[chromedp.Void]{
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, fromX, fromY), chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, fromX, fromY, chromedp.ButtonLeft, once),
	}
	x, y := fromX, fromY
	for _, place := range to {
		const steps = 8
		for i := 1; i <= steps; i++ {
			part := float64(i) / steps
			actions = append(actions, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x+(place[0]-x)*part, y+(place[1]-y)*part, chromedp.ButtonLeft))
		}
		x, y = place[0], place[1]
	}
	p.do("hold", actions...)
}

// Drop lets the mouse go.
func (p *Page) Drop(x, y float64) {
	p.t.Helper()
	p.do("drop", chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, x, y, chromedp.ButtonLeft, once))
}

func once(params *input.DispatchMouseEventParams) { params.ClickCount = 1 }

// Focus moves the keyboard's focus to something, as a screen reader does.
func (p *Page) Focus(role, name string) {
	p.t.Helper()
	p.retry(fmt.Sprintf("focus %s %q", role, name), func(ctx context.Context) error {
		e, err := p.find(ctx, role, name)
		if err != nil {
			return err
		}
		_, err = chromedp.Call(ctx, dom.Focus, dom.FocusParams{BackendNodeID: e.node})
		return err
	})
}

// Fill replaces the text of a field.
func (p *Page) Fill(role, name, text string) {
	p.t.Helper()
	p.Focus(role, name)
	p.Press("Control+a")
	if text == "" {
		p.Press("Delete")
		return
	}
	p.Type(text)
}

// Type types text where the focus is.
func (p *Page) Type(text string) {
	p.t.Helper()
	p.do("type", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
}

// named are the keys that have a name.
func named() map[string]string {
	return map[string]string{
		"Enter": kb.Enter, "Escape": kb.Escape, "Tab": kb.Tab, "Delete": kb.Delete, "Backspace": kb.Backspace, "Space": " ",
		"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight, "Home": kb.Home, "End": kb.End,
	}
}

// Press presses keys one after another: "Tab", "Enter", "a", or with modifiers as in "Control+Shift+z".
func (p *Page) Press(keys ...string) {
	p.t.Helper()
	for _, key := range keys {
		parts := strings.Split(key, "+")
		last := parts[len(parts)-1]
		if key == "+" {
			parts, last = []string{"+"}, "+"
		}
		var modifiers []chromedp.Modifier
		for _, m := range parts[:len(parts)-1] {
			switch m {
			case "Control":
				modifiers = append(modifiers, chromedp.ModifierCtrl)
			case "Shift":
				modifiers = append(modifiers, chromedp.ModifierShift)
			case "Alt":
				modifiers = append(modifiers, chromedp.ModifierAlt)
			default:
				p.t.Fatalf("there is no modifier %q", m)
			}
		}
		if text, ok := named()[last]; ok {
			last = text
		}
		p.do("press "+key, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			return press(ctx, last, editing(key), modifiers)
		}))
	}
}

// press sends a key as a keyboard does: what its going down is used for by the page does not type a letter as well.
func press(ctx context.Context, key string, commands []string, modifiers []chromedp.Modifier) error {
	for _, r := range key {
		events, text := kb.Encode(r), ""
		for _, e := range events {
			if e.Type == kb.KeyChar {
				text = e.Text
			}
		}
		for _, e := range events {
			if e.Type == kb.KeyChar {
				continue
			}
			for _, m := range modifiers {
				e.Modifiers |= int64(m)
			}
			if e.Type != input.DispatchKeyEventTypeKeyUp {
				e.Commands = commands
				if e.Modifiers&int64(chromedp.ModifierCtrl|chromedp.ModifierAlt) == 0 {
					e.Type, e.Text = input.DispatchKeyEventTypeKeyDown, text
				}
			}
			if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, *e); err != nil {
				return err
			}
		}
	}
	return nil
}

// editing are the commands of the operating system's own shortcuts, which headless browsers do not know.
func editing(key string) []string {
	if key == "Control+a" {
		return []string{"selectAll"}
	}
	return nil
}
