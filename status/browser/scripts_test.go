// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package browser_test

// overflows lists what is wider than the window.
const overflows = `(() => {
	const wide = [];
	const width = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth > width) wide.push("the page: " + document.documentElement.scrollWidth);
	for (const el of document.querySelectorAll("body *")) {
		const box = el.getBoundingClientRect();
		const clipped = el.closest(".sr, .skip, thead");
		if (!clipped && box.width > 0 && (box.right > width + 1 || box.left < -1))
			wide.push(el.tagName + "." + el.className + " " + Math.round(box.left) + " to " + Math.round(box.right));
	}
	return wide;
})()`

// contrasts lists texts that are hard to read: under 4.5 to 1 (WCAG 2.2,
// 1.4.3). It looks at every text on the page, with the background that it has.
const contrasts = `(() => {
	const rgba = (css) => {
		const n = css.match(/[\d.]+/g).map(Number);
		if (!/^rgba?\(/.test(css)) throw new Error("a colour that is not understood: " + css);
		return [n[0], n[1], n[2], n[3] ?? 1];
	};
	const light = ([r, g, b]) => {
		const [R, G, B] = [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
		return 0.2126 * R + 0.7152 * G + 0.0722 * B;
	};
	const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
	const behind = (el) => {
		const layers = [];
		for (; el; el = el.parentElement) layers.push(rgba(getComputedStyle(el).backgroundColor));
		return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
	};
	const bad = [];
	let checked = 0;
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	const seen = new Set();
	for (let node = walker.nextNode(); node; node = walker.nextNode()) {
		const el = node.parentElement;
		if (!node.nodeValue.trim() || seen.has(el) || el.closest("noscript, .sr, .skip, svg") || !el.getClientRects().length) continue;
		seen.add(el);
		const under = behind(el);
		const ink = over(rgba(getComputedStyle(el).color), under);
		const [a, b] = [light(ink), light(under)].sort((x, y) => y - x);
		const ratio = (a + 0.05) / (b + 0.05);
		checked++;
		if (ratio < 4.5) bad.push(ratio.toFixed(2) + " " + el.tagName + "." + el.className + " " + node.nodeValue.trim().slice(0, 30));
	}
	return { checked, bad };
})()`

// tables lists what is wrong with tables.
const tables = `(() => {
	const bad = [];
	const all = document.querySelectorAll("table");
	if (all.length !== 1) bad.push(all.length + " tables");
	for (const t of all) {
		if (!t.caption?.textContent.trim()) bad.push("no caption");
		const heads = t.tHead.rows[0].cells.length;
		for (const th of t.tHead.rows[0].cells) if (th.tagName !== "TH" || th.scope !== "col" || !th.textContent.trim()) bad.push("a head without a text");
		for (const row of t.tBodies[0].rows) {
			if (row.cells.length !== heads) bad.push(row.cells.length + " cells under " + heads + " heads");
			if (row.cells[0].scope !== "row") bad.push("a row without a head");
		}
	}
	const ids = [...document.querySelectorAll("[id]")].map((el) => el.id);
	if (new Set(ids).size !== ids.length) bad.push("an id twice");
	for (const el of document.querySelectorAll("[aria-labelledby]"))
		if (!document.getElementById(el.getAttribute("aria-labelledby"))) bad.push("a label that is not there");
	if (!document.documentElement.lang || !document.title) bad.push("no language or title");
	if (document.querySelectorAll("h1").length !== 1) bad.push("not one h1");
	return bad;
})()`
