import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0073 The most expensive pools are found by a coarse rank","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0073-the-dearest-by-rank.md","filePath":"decisions/0073-the-dearest-by-rank.md"}',
);
const _sfc_main = { name: "decisions/0073-the-dearest-by-rank.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0073-the-most-expensive-pools-are-found-by-a-coarse-rank" tabindex="-1">0073 The most expensive pools are found by a coarse rank <a class="header-anchor" href="#_0073-the-most-expensive-pools-are-found-by-a-coarse-rank" aria-label="Permalink to &quot;0073 The most expensive pools are found by a coarse rank&quot;">​</a></h1><h2 id="context" tabindex="-1">Context <a class="header-anchor" href="#context" aria-label="Permalink to &quot;Context&quot;">​</a></h2><p><code>top</code> wants the fifty dearest of a million pools every second. An index by used dollars answers that in 0.2 ms, but every settled call would then move a pool in that index: one page more to write in SQLite, and in Postgres a row version that touches every index.</p><h2 id="decision" tabindex="-1">Decision <a class="header-anchor" href="#decision" aria-label="Permalink to &quot;Decision&quot;">​</a></h2><ul><li>A pool has a rank: eight for each doubling of the nano-dollars that it has used. The index is over the rank and the path. A pool that has used $1 changes its rank after nine cents more, one that has used $1,000 after $90; a call that does not change it writes what it wrote before.</li><li>Pages are in the order of ranks, so the dearest come first to within a tenth; within a page the order is exact.</li><li>The cursor is the rank and path of the last pool of a page. It is public (<code>next</code>), and only its store reads it. A pool that changes its rank between two pages may be returned twice, or not at all.</li><li>Figures are those of snapshots, so windows roll and leases end as everywhere. The rank itself is that of the last write.</li><li>A store that cannot tell paths in such an order (<code>pathsAfter</code>) has all of them read and sorted: the same pages.</li></ul><h2 id="consequence" tabindex="-1">Consequence <a class="header-anchor" href="#consequence" aria-label="Permalink to &quot;Consequence&quot;">​</a></h2><p>Redis has no such index yet: roots lie in different slots of a cluster, and no script may write to two. There and in Durable Objects a page reads all pools.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0073-the-dearest-by-rank.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0073TheDearestByRank = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0073TheDearestByRank as default };
