import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0042 An answer is cut only when room is short","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0042-an-answer-is-cut-for-room-alone.md","filePath":"decisions/0042-an-answer-is-cut-for-room-alone.md"}',
);
const _sfc_main = { name: "decisions/0042-an-answer-is-cut-for-room-alone.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0042-an-answer-is-cut-only-when-room-is-short" tabindex="-1">0042 An answer is cut only when room is short <a class="header-anchor" href="#_0042-an-answer-is-cut-only-when-room-is-short" aria-label="Permalink to &quot;0042 An answer is cut only when room is short&quot;">​</a></h1><p><strong>Context.</strong> A call without a limit of output was given one of 8,192 tokens. Models that write less answered 400, reasoning models with $100 left were cut without notice. Without any limit each call holds the maximum of its model, and few fit at once.</p><p><strong>Decision.</strong> A call without a limit is held at the maximum of its model, and sent as it is, when that fits into the free room while it is the only call of its meter, or takes no more than an eighth of it beside others. Otherwise it asks for <code>outputTokensMax</code> (8,192) or what that part of the room affords, whichever is more, at most what the model takes beside its input; it waits for that as any call does; and only what can never fit, or has waited two minutes, is given what there is, from 256 tokens on. The report says the limit (<code>writtenLimit</code>) and whether the answer ended there (<code>isCut</code>). All of it, because a program that makes one call after another must not be cut while there is room: half cut a lone call of gpt-5.5, whose maximum costs $3.84, in a full pool of $5. An eighth, because of five hundred at once none may take the room of the rest. Calls that start beside a lone one that holds everything wait until it has settled.</p><p><strong>Measured.</strong> <code>npm start</code>, 480 tasks on $0.144, seed 84471: 221 summaries for $0.1438 (99.8 % of the cap), 259 refused as <code>spent</code>, none as <code>busy</code> or <code>never</code>, $5.4 held for each dollar used, books equal to the bill. The fan-out of 500 calls on $0.05 never costs more.</p><p><strong>Consequence.</strong> With room, requests pass unchanged. How much one meter holds depends on how many calls it has under way: two meters on one pool each take themselves to be alone.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0042-an-answer-is-cut-for-room-alone.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0042AnAnswerIsCutForRoomAlone = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0042AnAnswerIsCutForRoomAlone as default };
