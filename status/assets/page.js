"use strict";
(() => {
	const root = document.documentElement;
	const themes = ["auto", "light", "dark"];
	const stored = () => { try { return localStorage.getItem("surefoot-theme") } catch { return null } };
	let theme = themes.includes(stored()) ? stored() : "auto";
	const paint = () => { if (theme === "auto") delete root.dataset.theme; else root.dataset.theme = theme };
	paint(); // before there is anything to see

	const every = 2000; // between two looks at the keys
	const sayEvery = 10000; // between two announcements
	const feedSize = 200;

	// morph makes one element like another and keeps what can stay, so that the
	// focus, an open <details> and the reader's place survive. Rows are known by
	// data-id.
	const same = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName;
	const idOf = (node) => node.nodeType === 1 ? node.getAttribute("data-id") : null;
	function morph(old, want) {
		if (old.nodeType !== 1) {
			if (old.nodeValue !== want.nodeValue) old.nodeValue = want.nodeValue;
			return;
		}
		for (const { name, value } of want.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
		for (const { name } of [...old.attributes]) if (!want.hasAttribute(name) && name !== "open") old.removeAttribute(name);
		const known = new Map();
		for (const child of old.children) if (idOf(child) !== null) known.set(idOf(child), child);
		let at = old.firstChild;
		for (const child of [...want.childNodes]) {
			const id = idOf(child);
			let have = id !== null ? known.get(id) : at && idOf(at) === null && same(at, child) ? at : null;
			if (!have) {
				old.insertBefore(child, at);
				continue;
			}
			if (have === at) at = at.nextSibling;
			else old.insertBefore(have, at);
			morph(have, child);
		}
		while (at) {
			const next = at.nextSibling;
			at.remove();
			at = next;
		}
	}

	document.addEventListener("DOMContentLoaded", () => {
		const $ = (id) => document.getElementById(id);
		const form = document.querySelector(".filter"), text = $("q"), state = $("state");
		const list = $("feed"), link = $("link"), pause = $("pause"), switcher = $("theme");
		let paused = false, failing = false, source = null, timer = 0, asked = null, instance = "";

		// The theme.
		const label = () => { switcher.firstElementChild.textContent = theme };
		switcher.hidden = false;
		label();
		switcher.addEventListener("click", () => {
			theme = themes[(themes.indexOf(theme) + 1) % themes.length];
			try { localStorage.setItem("surefoot-theme", theme) } catch { /* it lasts until the page goes */ }
			paint();
			label();
		});

		// The keys.
		const query = () => {
			const q = new URLSearchParams(location.search);
			q.delete("format");
			return q;
		};
		function show() {
			const live = !paused && !document.hidden;
			link.hidden = false;
			link.className = "link" + (paused ? "" : failing ? " lost" : " live");
			link.textContent = paused ? "paused" : failing ? "no connection" : "live";
			return live;
		}
		async function look() {
			clearTimeout(timer);
			asked?.abort();
			const mine = asked = new AbortController();
			try {
				const q = query();
				q.set("format", "live");
				const resp = await fetch("?" + q, { signal: mine.signal });
				if (!resp.ok) throw new Error("status " + resp.status);
				const doc = new DOMParser().parseFromString(await resp.text(), "text/html");
				if (mine !== asked) return;
				morph($("live"), doc.getElementById("live"));
				failing = false;
			} catch {
				if (mine !== asked) return;
				failing = true;
			}
			if (show()) timer = setTimeout(look, every);
		}

		// The feed.
		const tags = {
			retry_scheduled: ["retry", "info"], retry_suppressed: ["no retry", "warn"], rejected: ["rejected", "warn"],
			circuit_opened: ["opened", "bad"], circuit_half_opened: ["half-open", "warn"], circuit_closed: ["closed", "good"],
			body_failed: ["body broke", "bad"], misconfigured: ["setup", "warn"], cool_down_started: ["cool-down", "warn"],
			fleet_lost: ["fleet lost", "bad"], fleet_found: ["fleet found", "good"],
			limit_changed: ["limit", "info"], hedged: ["hedge", "info"], hedge_suppressed: ["no hedge", "warn"],
		};
		const passes = (e) => (e.key ?? "").toLowerCase().includes(text.value.trim().toLowerCase());
		const part = (name, className, content) => {
			const el = document.createElement(name);
			if (className) el.className = className;
			el.textContent = content;
			return el;
		};
		function line(e) {
			const li = document.createElement("li");
			li.className = "new";
			li.dataset.id = e.id;
			const time = part("time", "", e.at.slice(11, 19));
			time.dateTime = e.at;
			const [tag, tone] = tags[e.kind] ?? [e.kind.replaceAll("_", " "), "info"];
			li.append(time, " ", part("span", "tag " + tone + (e.fleet ? " fleet" : ""), tag), " ", part("span", "on", e.key ?? ""), " ",
				part("span", "what", (e.method ? e.method + " " : "") + e.text), " ",
				part("span", "times", e.count > 1 ? "×" + e.count : ""));
			return li;
		}
		const news = { count: 0, circuits: new Map(), last: 0, timer: 0 };
		function say() {
			news.timer = 0;
			if (!news.count) return;
			const words = [news.count + (news.count === 1 ? " new event" : " new events")];
			for (const [key, what] of [...news.circuits].slice(-3)) words.push("circuit of " + key + " " + what);
			$("says").textContent = words.join("; ");
			news.count = 0;
			news.circuits.clear();
			news.last = Date.now();
		}
		function hear(e) {
			news.count++;
			if (e.kind.startsWith("circuit_")) news.circuits.set(e.key, tags[e.kind]?.[0] ?? e.kind);
			news.timer ||= setTimeout(say, Math.max(0, news.last + sayEvery - Date.now()));
		}
		function take(feed) {
			const first = instance === "";
			if (feed.instance !== instance) {
				if (!first) list.replaceChildren();
				instance = feed.instance;
			}
			for (const e of feed.events) {
				if (!passes(e)) continue;
				const li = list.querySelector(`li[data-id="${e.id}"]`);
				if (li) {
					li.querySelector(".times").textContent = e.count > 1 ? "×" + e.count : "";
					continue;
				}
				list.querySelector(".none")?.remove();
				list.prepend(line(e));
				if (!first) hear(e);
			}
			while (list.children.length > feedSize) list.lastElementChild.remove();
		}
		function follow() {
			source?.close();
			source = new EventSource("?format=events");
			source.addEventListener("feed", (m) => take(JSON.parse(m.data)));
			source.onerror = () => { if (source.readyState === EventSource.CLOSED) setTimeout(() => { if (show()) follow() }, 5000) };
		}

		// Both rest while nobody looks.
		function settle() {
			if (show()) {
				look();
				follow();
				return;
			}
			clearTimeout(timer);
			asked?.abort();
			asked = null;
			source?.close();
			source = null;
		}
		document.addEventListener("visibilitychange", settle);
		pause.hidden = false;
		pause.addEventListener("click", () => {
			paused = !paused;
			pause.setAttribute("aria-pressed", paused);
			settle();
		});

		// The filter works as one types. The feed starts anew with it.
		let typing = 0;
		function filter() {
			const q = new URLSearchParams();
			if (text.value.trim()) q.set("q", text.value.trim());
			if (state.value) q.set("state", state.value);
			history.replaceState(null, "", "?" + q);
			q.set("format", "json");
			$("json").href = "?" + q;
			look();
			list.replaceChildren();
			instance = "";
			if (!paused) follow();
		}
		text.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(filter, 250) });
		state.addEventListener("change", filter);
		form.addEventListener("submit", (e) => { e.preventDefault(); clearTimeout(typing); filter() });

		// By hand.
		let fading = 0;
		function notify(words) {
			$("notice").textContent = words;
			clearTimeout(fading);
			fading = setTimeout(() => { $("notice").textContent = "" }, 6000);
		}
		document.addEventListener("submit", async (e) => {
			if (e.target.method !== "post") return;
			e.preventDefault();
			const body = new URLSearchParams(new FormData(e.target, e.submitter));
			try {
				const resp = await fetch("?format=json", { method: "POST", body });
				notify(resp.ok ? "done" : "not done: " + await resp.text());
			} catch {
				notify("not done: no connection");
			}
			look();
		});

		settle();
	});
})();
