import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0074 A frozen pool has less room than nothing","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0074-frozen-by-its-limits.md","filePath":"decisions/0074-frozen-by-its-limits.md"}',
);
const _sfc_main = { name: "decisions/0074-frozen-by-its-limits.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0074-a-frozen-pool-has-less-room-than-nothing" tabindex="-1">0074 A frozen pool has less room than nothing <a class="header-anchor" href="#_0074-a-frozen-pool-has-less-room-than-nothing" aria-label="Permalink to &quot;0074 A frozen pool has less room than nothing&quot;">​</a></h1><h2 id="context" tabindex="-1">Context <a class="header-anchor" href="#context" aria-label="Permalink to &quot;Context&quot;">​</a></h2><p>A pool that is frozen refuses everything new (R17), on every level below it too, in every store, without a call paying for the question. A raise that ends by itself must end in the step that would still use it, in whichever process that is. And who changed what, when and why must be found after a month, also in Redis, where lines are kept for a day.</p><h2 id="decision" tabindex="-1">Decision <a class="header-anchor" href="#decision" aria-label="Permalink to &quot;Decision&quot;">​</a></h2><ul><li>The limits that admission compares with are below zero while a pool is frozen: <code>fits</code> and grants refuse without a comparison more. The reason, <code>&quot;frozen&quot;</code>, is found only once something is refused, before all others: nothing about the ask would change it. What books what was spent (commits, amendments, records with <code>overage</code>) looks at caps and not at limits.</li><li><code>until</code> goes with <code>by</code> alone: what is taken back is a difference, so two changes at once both count and end apart. It is taken back on the next touch, as windows roll. A cap that is set outright ends what changes it. At most 100 for a pool.</li><li>Both are one short text in a column of the pool (<code>terms</code>); in Redis two more fields of its row.</li><li>Changes are lines of the ledger as before, with what was changed among the details. They have an index of their own in SQL, and a stream of their own in Redis that keeps the last thousand of a tree, so <code>changes()</code> does not read what was settled.</li></ul><h2 id="consequence" tabindex="-1">Consequence <a class="header-anchor" href="#consequence" aria-label="Permalink to &quot;Consequence&quot;">​</a></h2><p><code>&quot;frozen&quot;</code> is a reason more: code that switches over reasons has one more case. A process of an earlier version does not know of frozen pools: it lets in what it judges, and in Redis forgets the freezing when it writes the pool.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0074-frozen-by-its-limits.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0074FrozenByItsLimits = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0074FrozenByItsLimits as default };
