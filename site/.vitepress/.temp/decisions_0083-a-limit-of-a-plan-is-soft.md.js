import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  `{"title":"0083 A limit on a plan's window is soft","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0083-a-limit-of-a-plan-is-soft.md","filePath":"decisions/0083-a-limit-of-a-plan-is-soft.md"}`,
);
const _sfc_main = { name: "decisions/0083-a-limit-of-a-plan-is-soft.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0083-a-limit-on-a-plan-s-window-is-soft" tabindex="-1">0083 A limit on a plan&#39;s window is soft <a class="header-anchor" href="#_0083-a-limit-on-a-plan-s-window-is-soft" aria-label="Permalink to &quot;0083 A limit on a plan&#39;s window is soft&quot;">​</a></h1><p><strong>Context.</strong> Subscriptions are not billed by tokens. Their providers tell with each answer which part of a window is used, in headers that no documentation promises, and what a call takes of one is unknown before it is made.</p><p><strong>Decision.</strong> The windows are read from the headers of every answer and kept by provider; a limit refuses the next call that is billed once the last word is at or above it, until the window starts over (or five hours after the last word, if no header says when that is). Nothing is held for it. The refusal is a 402 of its own kind (<code>plan_reached</code>), which is not tried again. The last report is kept in the state folder for <code>status</code> and <code>statusline</code>.</p><p><strong>Consequence.</strong> The call that passes the limit, and those beside it, are made. Where the headers go away, the limit does nothing: the cap in dollars stands.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0083-a-limit-of-a-plan-is-soft.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0083ALimitOfAPlanIsSoft = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0083ALimitOfAPlanIsSoft as default };
