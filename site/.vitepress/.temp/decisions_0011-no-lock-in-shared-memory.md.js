import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0011 No lock in shared memory","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0011-no-lock-in-shared-memory.md","filePath":"decisions/0011-no-lock-in-shared-memory.md"}',
);
const _sfc_main = { name: "decisions/0011-no-lock-in-shared-memory.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0011-no-lock-in-shared-memory" tabindex="-1">0011 No lock in shared memory <a class="header-anchor" href="#_0011-no-lock-in-shared-memory" aria-label="Permalink to &quot;0011 No lock in shared memory&quot;">​</a></h1><p><strong>Context.</strong> A thread may be terminated anywhere. A lock dies with its holder; a counter for each axis, changed one after another, refuses falsely while a loser rolls back; a broker thread costs 100 to 1,000 times as much a call and cannot answer synchronously.</p><p><strong>Decision.</strong> A versioned slot swap: the whole state of the tree in a slot of the thread&#39;s own, published with one compare-and-exchange. Pools, open reservations and the queue of waiters are all part of that state; only the contents of reservations lie outside, written before they are open and never while they are. The rules of <code>src/core</code> work on copies; a step that raced with another thread is retried.</p><p><strong>Consequence.</strong> Atomic across axes, levels and reservations by construction; a thread that ends leaves nothing half done; the same rules, not a second version of them. It costs: two slots a thread, copying what others have changed, and more for one change than bare counters under a lock (see benchmarks). Capacities are fixed when the budget is made. Methods of <code>BudgetPool</code> are loops of begin, rules, end; in memory every step stands, for about one nanosecond more.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0011-no-lock-in-shared-memory.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0011NoLockInSharedMemory = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0011NoLockInSharedMemory as default };
