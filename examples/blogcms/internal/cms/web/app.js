// Makes the pages better where it can: what changes appears by itself, forms do not lose the place, what is written is
// not lost. Every page works without it.
(() => {
	"use strict";

	// Regions are the parts of a page that change while it is open. They have ids, and are taken from a newer rendering of
	// the same page, so that there is one template for both.
	const regions = (root) => root.querySelectorAll("[data-region]");
	const parse = (html) => new DOMParser().parseFromString(html, "text/html");

	const seen = new Map(); // what each region shows, as the server has written it
	for (const region of regions(document)) seen.set(region.id, region.innerHTML);

	// fresh puts the regions of a newer rendering in place, and keeps the focus, and what is open or written in them.
	function fresh(page) {
		for (const old of regions(document)) {
			const now = page.getElementById(old.id);
			if (!now || now.innerHTML === seen.get(old.id)) continue;
			const html = now.innerHTML;
			const focus = document.activeElement && old.contains(document.activeElement) ? keyOf(document.activeElement) : "";
			const opened = [...old.querySelectorAll("details[open][id]")].map((d) => d.id);
			if (opened.some((id) => id.startsWith("confirm-") && page.getElementById(id))) continue; // somebody is deciding
			old.replaceChildren(...document.importNode(now, true).childNodes);
			seen.set(old.id, html);
			for (const id of opened) { const d = document.getElementById(id); if (d) d.open = true; }
			if (focus) {
				const same = [...old.querySelectorAll("a, button, input, select, summary, [tabindex]")].find((e) => keyOf(e) === focus);
				(same ?? document.getElementById("main")).focus({ preventScroll: true });
			}
		}
	}

	// keyOf names an element so that it can be found in another rendering.
	const keyOf = (e) => [e.tagName, e.id, e.getAttribute("href"), e.name, e.form?.getAttribute("action"), e.closest("details")?.id].join("|");

	// Live: the server says that something has changed, and the page loads its regions again.
	let stream, loading = false, again = false;
	async function reload() {
		if (loading) { again = true; return; }
		loading = true;
		try {
			const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
			if (answer.redirected && new URL(answer.url).pathname === "/sign-in") location.assign(answer.url);
			else if (answer.ok) fresh(parse(await answer.text()));
		} catch { /* the connection is gone; the stream comes back when it does */ }
		loading = false;
		if (again) { again = false; reload(); }
	}
	function listen() {
		const url = document.getElementById("main")?.dataset.live;
		if (!url || stream || document.hidden) return;
		stream = new EventSource(url);
		stream.addEventListener("change", reload);
		stream.addEventListener("end", () => { silence(); location.reload(); });
	}
	function silence() { stream?.close(); stream = undefined; }
	document.addEventListener("visibilitychange", () => {
		if (document.hidden) silence();
		else if (!stream) { listen(); if (stream) reload(); }
	});
	addEventListener("pagehide", silence);
	addEventListener("pageshow", listen);

	// say shows a message, and reads it out.
	function say(...nodes) { document.getElementById("messages")?.replaceChildren(...nodes); }

	// Forms that do something small are sent without leaving the page.
	async function send(form, button) {
		button?.setAttribute("aria-busy", "true");
		try {
			const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/html" } });
			const page = parse(await answer.text());
			if (answer.status === 401 || answer.redirected && new URL(answer.url).pathname === "/sign-in") { location.assign("/sign-in?next=" + encodeURIComponent(location.pathname + location.search)); return; }
			const trouble = page.querySelector("[role=alert]");
			if (!answer.ok && trouble) { say(document.importNode(trouble, true)); return; }
			const here = [...regions(document)].map((e) => e.id), there = [...regions(page)].map((e) => e.id);
			if (here.length && here.every((id) => there.includes(id))) {
				form.closest("details")?.removeAttribute("open");
				fresh(page);
				say(...[...page.querySelectorAll("#messages > *")].map((e) => document.importNode(e, true)));
			} else if (new URL(answer.url).pathname === location.pathname) {
				swap(page);
			} else if (here.length) { // a list whose entry has a page of its own: stay in the list
				say(...[...page.querySelectorAll("#messages > *")].map((e) => document.importNode(e, true)));
				await reload();
			} else location.assign(answer.url);
		} catch {
			const p = document.createElement("p");
			p.className = "box error";
			p.textContent = "The blog cannot be reached. Nothing was changed; try again in a moment.";
			say(p);
		} finally { button?.removeAttribute("aria-busy"); }
	}
	function swap(page) {
		const now = page.getElementById("main"), old = document.getElementById("main");
		if (!now || !old) return;
		const key = document.activeElement ? keyOf(document.activeElement) : "";
		old.replaceChildren(...document.importNode(now, true).childNodes);
		for (const region of regions(document)) seen.set(region.id, region.innerHTML);
		[...old.querySelectorAll("a, button, input, select")].find((e) => keyOf(e) === key)?.focus({ preventScroll: true });
	}
	document.addEventListener("submit", (event) => {
		const form = event.target;
		if (form.dataset.confirm && !confirm(form.dataset.confirm)) { event.preventDefault(); return; }
		if ("async" in form.dataset) { event.preventDefault(); send(form, event.submitter); return; }
		if ("guard" in form.dataset) written = false;
	});

	// What is written is not lost by leaving.
	let written = false;
	const guarded = document.querySelector("form[data-guard]");
	guarded?.addEventListener("input", () => { written = true; });
	addEventListener("beforeunload", (event) => { if (written) event.preventDefault(); });
	document.addEventListener("keydown", (event) => {
		if (guarded && (event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); guarded.requestSubmit(guarded.querySelector("button.primary")); }
		if (event.key === "Escape") for (const d of document.querySelectorAll("details.confirm[open]")) { d.open = false; d.querySelector("summary").focus(); }
	});
	// One question at a time.
	document.addEventListener("toggle", (event) => {
		if (event.target.open && event.target.matches?.("details.confirm")) {
			for (const d of document.querySelectorAll("details.confirm[open]")) if (d !== event.target) d.open = false;
		}
	}, true);
	document.addEventListener("click", (event) => {
		for (const d of document.querySelectorAll("details.confirm[open]")) if (!d.contains(event.target)) d.open = false;
	});

	// The preview follows what is written.
	const preview = document.getElementById("preview"), asks = document.querySelector("[data-preview]");
	if (preview && asks && guarded) {
		let timer, asked = 0;
		const show = async () => {
			const number = ++asked;
			try {
				const answer = await fetch(asks.formAction, { method: "POST", body: new URLSearchParams(new FormData(guarded)) });
				const now = answer.ok && parse(await answer.text()).getElementById("preview");
				if (now && number === asked) preview.replaceChildren(...document.importNode(now, true).childNodes);
			} catch { /* it will follow again with the next key */ }
		};
		guarded.querySelector("textarea").addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 350); });
		asks.hidden = true;
	}

	// The list follows its filter.
	const filter = document.querySelector("[data-filter]");
	if (filter) {
		let timer;
		filter.addEventListener("input", () => {
			clearTimeout(timer);
			timer = setTimeout(() => {
				const query = new URLSearchParams([...new FormData(filter)].filter(([, value]) => value));
				history.replaceState(null, "", query.size ? "/?" + query : "/");
				reload();
			}, 250);
		});
	}

	listen();
})();
