import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"Guarantees","description":"","frontmatter":{},"headers":[],"relativePath":"guarantees.md","filePath":"guarantees.md"}',
);
const _sfc_main = { name: "guarantees.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="guarantees" tabindex="-1">Guarantees <a class="header-anchor" href="#guarantees" aria-label="Permalink to &quot;Guarantees&quot;">​</a></h1><p>What this package promises, and the tests that hold it to each promise. Test paths are relative to the repository; the installed package contains no tests.</p><ul><li><strong>The cap holds.</strong> Used plus reserved never passes a cap, on any axis, in any pool of a tree, however calls interleave. Two thousand random schedules (<code>test/pool/schedules.property.test.ts</code>) and ten thousand random traces (<code>test/testing/traces.property.test.ts</code>) run with the tests.</li><li><strong>Spent money is booked.</strong> A commit over the cap is booked in full and reported, and the next request is refused: <a href="./concepts/overage.html">overage</a>, <code>src/testing/conformance/overage.ts</code>.</li><li><strong>No call is sent that could pass the cap.</strong> The bytes of a request bound its input. Its own limit, the maximum of its model, or a limit that the budget has room for bounds its output. 500 calls at once, none with a limit, never cost more than the $0.05 in the budget: <code>test/meter/cap.test.ts</code>. Tools that run at the provider, such as web search, can read any amount of input; requests with them are refused unless you allow them.</li><li><strong>The books equal the provider&#39;s bill.</strong> Caches, reasoning, tiers and retries, through nine official clients. Where a provider reports nothing (an aborted, cut or timed-out call), the books are never below the bill: <code>test/meter/sdks.test.ts</code>.</li><li><strong>Money is exact.</strong> Dollars are integers of nano-dollars inside: 3 × $0.1 fits a $0.3 cap, and a million × $0.000001 is exactly $1: <code>src/testing/conformance/amounts.ts</code>.</li><li><strong>A dead worker holds nothing.</strong> <a href="./internals/shared-memory.html">Shared memory</a> has no lock to die with, and what a terminated thread held is freed: <code>test/threads/termination.test.ts</code>.</li><li><strong>A killed process holds nothing.</strong> When a process is killed, its holds are released, and every cost it had already reported stays booked. Tested with eight processes at a time, killed five hundred times, on SQLite and Redis; on Postgres; and with the server killed as well: <a href="./guides/failure-modes.html">failure modes</a>.</li><li><strong>Mistakes are errors.</strong> <code>NaN</code>, a negative amount, a misspelled axis or option, a second commit: each throws an error that says what was expected, and changes nothing: <code>test/pool/traps.test.ts</code>.</li><li><strong>A refusal says what to do.</strong> It names the pool and the axis, says how much is left, and whether the request will never fit, fits after a reset, or fits once open reservations settle: <code>src/testing/conformance/admission.ts</code>.</li></ul></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("guarantees.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const guarantees = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export { __pageData, guarantees as default };
