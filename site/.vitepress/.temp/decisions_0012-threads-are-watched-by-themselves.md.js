import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0012 Workers are watched automatically","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0012-threads-are-watched-by-themselves.md","filePath":"decisions/0012-threads-are-watched-by-themselves.md"}',
);
const _sfc_main = { name: "decisions/0012-threads-are-watched-by-themselves.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0012-workers-are-watched-automatically" tabindex="-1">0012 Workers are watched automatically <a class="header-anchor" href="#_0012-workers-are-watched-automatically" aria-label="Permalink to &quot;0012 Workers are watched automatically&quot;">​</a></h1><p><strong>Context.</strong> What a terminated worker held must come back. Thread pools hide their workers, and a lease long enough for a busy worker is too long for a budget that everyone waits for.</p><p><strong>Decision.</strong> From the first <code>create</code> or <code>attach</code> on, a thread listens to Node&#39;s <code>worker</code> event, watches every worker that it starts, and frees what that worker&#39;s thread held as soon as it has exited. <code>watch(worker)</code> is for workers that were there before. A worker that exits by itself also frees what it holds. Only for an unwatched worker, a lease decides, by beats that other threads see.</p><p><strong>Consequence.</strong> It works with plain workers, piscina and tinypool without a line of code, at the price of two listeners on <code>process</code> in each thread that takes part. A lease never frees the place of a thread, which might be alive: only an exit that was seen does.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0012-threads-are-watched-by-themselves.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0012ThreadsAreWatchedByThemselves = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0012ThreadsAreWatchedByThemselves as default };
