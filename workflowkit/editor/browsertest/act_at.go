package browsertest

import (
	"context"
	"errors"
	"fmt"

	"github.com/chromedp/chromedp"
)

// PlaceAt returns where the middle of what a selector of CSS finds is.
func (p *Page) PlaceAt(selector string) (x, y float64) {
	p.t.Helper()
	p.retry("find "+selector, func(ctx context.Context) (err error) {
		x, y, err = placeAt(ctx, selector)
		return err
	})
	return x, y
}

// placeAt returns the middle of an element, once it does not move and if nothing covers it there.
func placeAt(ctx context.Context, selector string) (x, y float64, err error) {
	type found struct {
		X, Y  float64
		Fault string
	}
	place, err := chromedp.Run(ctx, chromedp.Evaluate[found](fmt.Sprintf(`(async () => {
		const e = document.querySelector(%s);
		if (!e) return {Fault: "it is not on the page"};
		const before = e.getBoundingClientRect();
		await new Promise(done => setTimeout(done, 40));
		const r = e.getBoundingClientRect(), X = r.x + r.width / 2, Y = r.y + r.height / 2;
		if (r.x !== before.x || r.y !== before.y) return {Fault: "it is moving"};
		if (!r.width || !r.height) return {Fault: "it has no size"};
		const top = document.elementFromPoint(X, Y);
		if (e.contains(top) || top?.contains(e)) return {X, Y};
		e.scrollIntoView({block: "nearest", inline: "nearest", behavior: "instant"});
		return {Fault: "it is covered by " + (top?.outerHTML ?? "the edge of the page").slice(0, 200)};
	})()`, quote(selector)), chromedp.EvalAwaitPromise))
	if err == nil && place.Fault != "" {
		err = errors.New(place.Fault)
	}
	return place.X, place.Y, err
}

// ClickAt clicks in the middle of what a selector of CSS finds, once nothing covers it.
func (p *Page) ClickAt(selector string) {
	p.t.Helper()
	p.retry("click "+selector, func(ctx context.Context) error {
		x, y, err := placeAt(ctx, selector)
		if err != nil {
			return err
		}
		return p.press(x, y)
	})
}

// FillAt replaces the text of the field that a selector of CSS finds.
func (p *Page) FillAt(selector, text string) {
	p.t.Helper()
	p.Until("write at "+selector, fmt.Sprintf(`(() => {
		const e = document.querySelector(%s);
		e?.focus();
		return e && document.activeElement === e;
	})()`, quote(selector)))
	p.Press("Control+a")
	if text == "" {
		p.Press("Delete")
		return
	}
	p.Type(text)
}

// Choose selects an option, by its value, of the list that a selector of CSS finds.
func (p *Page) Choose(selector, value string) {
	p.t.Helper()
	p.Until("choose "+value, fmt.Sprintf(`(() => {
		const e = document.querySelector(%s);
		if (!e || ![...e.options].some(o => o.value === %s)) return false;
		Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value").set.call(e, %s);
		e.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})()`, quote(selector), quote(value), quote(value)))
}

// FocusAt moves the keyboard's focus to what a selector of CSS finds, or to the closest thing around it that can have it.
func (p *Page) FocusAt(selector string) {
	p.t.Helper()
	p.Until("focus "+selector, fmt.Sprintf(`(() => {
		for (let e = document.querySelector(%s); e && e !== document.body; e = e.parentElement) {
			e.focus({preventScroll: true});
			if (document.activeElement === e) return true;
		}
		return false;
	})()`, quote(selector)))
}
