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

func placeAt(ctx context.Context, selector string) (x, y float64, err error) {
	place, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(`(() => {
		const e = document.querySelector(%s);
		if (!e) return [];
		e.scrollIntoView({block: "nearest", inline: "nearest", behavior: "instant"});
		const r = e.getBoundingClientRect();
		return r.width && r.height ? [r.x + r.width / 2, r.y + r.height / 2] : [];
	})()`, quote(selector))))
	if err == nil && len(place) != 2 {
		err = errors.New("it is not on the page")
	}
	if err != nil {
		return 0, 0, err
	}
	return place[0], place[1], nil
}

// ClickAt clicks in the middle of what a selector of CSS finds, once nothing covers it.
func (p *Page) ClickAt(selector string) {
	p.t.Helper()
	p.retry("click "+selector, func(ctx context.Context) error {
		x, y, err := placeAt(ctx, selector)
		if err != nil {
			return err
		}
		cover, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`(() => {
			const e = document.querySelector(%s), top = document.elementFromPoint(%v, %v);
			return e && (e.contains(top) || top?.contains(e)) ? "" : (top?.outerHTML ?? "nothing").slice(0, 200);
		})()`, quote(selector), x, y)))
		if err != nil {
			return err
		}
		if cover != "" {
			return fmt.Errorf("it is covered by %s", cover)
		}
		return chromedp.Do(ctx, chromedp.MouseClickXY(x, y))
	})
}

// FillAt replaces the text of the field that a selector of CSS finds.
func (p *Page) FillAt(selector, text string) {
	p.t.Helper()
	p.SeeAt(selector)
	p.do("focus "+selector, chromedp.Evaluate[chromedp.Void](fmt.Sprintf("void document.querySelector(%s).focus()", quote(selector))))
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
