import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0072 Ledger totals are updated in batches","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0072-sums-are-added-to-in-batches.md","filePath":"decisions/0072-sums-are-added-to-in-batches.md"}',
);
const _sfc_main = { name: "decisions/0072-sums-are-added-to-in-batches.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0072-ledger-totals-are-updated-in-batches" tabindex="-1">0072 Ledger totals are updated in batches <a class="header-anchor" href="#_0072-ledger-totals-are-updated-in-batches" aria-label="Permalink to &quot;0072 Ledger totals are updated in batches&quot;">​</a></h1><h2 id="context" tabindex="-1">Context <a class="header-anchor" href="#context" aria-label="Permalink to &quot;Context&quot;">​</a></h2><p><code>ledger --by model</code> over 10⁷ lines read every one of them. Sums by day, model, label and pool answer it at once, but a running sum costs 25 µs a write in SQLite, more than all the rest of a call, and five field changes in the Redis script.</p><h2 id="decision" tabindex="-1">Decision <a class="header-anchor" href="#decision" aria-label="Permalink to &quot;Decision&quot;">​</a></h2><ul><li>A store keeps sums by (day in UTC, path, model, label) and the number of the last line that is in them. Lines are added to them many at a time, in one exclusive step: when sums are read, by a process after thousands of its own calls (SQLite in the transaction it writes anyway, Redis and Postgres besides), and in Redis by the script before it trims lines. So sums are always whole, and no single call pays for them.</li><li>An amendment counts on the day on which it was made, as adding up lines gives it.</li><li><code>since</code> within a day is answered from that day&#39;s lines. Where the store no longer has an entry from before <code>since</code>, all of that day counts.</li><li>A store without sums of its own (<code>MemoryStore</code>, one of yours) has its lines added up: the same answer, by which the suite judges the others.</li></ul><h2 id="consequence" tabindex="-1">Consequence <a class="header-anchor" href="#consequence" aria-label="Permalink to &quot;Consequence&quot;">​</a></h2><p>Adding a line costs some 1 µs instead of 25. In Redis, where lines are kept for <code>retentionMs</code>, sums stay: a month&#39;s <code>--by</code> sees the month. The first reading of a ledger that an earlier version has written adds up all of it once.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0072-sums-are-added-to-in-batches.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0072SumsAreAddedToInBatches = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0072SumsAreAddedToInBatches as default };
