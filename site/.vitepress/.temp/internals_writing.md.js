import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"Writing","description":"","frontmatter":{},"headers":[],"relativePath":"internals/writing.md","filePath":"internals/writing.md"}',
);
const _sfc_main = { name: "internals/writing.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="writing" tabindex="-1">Writing <a class="header-anchor" href="#writing" aria-label="Permalink to &quot;Writing&quot;">​</a></h1><p>Docs, help, messages, docstrings and comments read as if one person wrote them: plain American English.</p><ul><li><strong>Name the subject and use an active verb.</strong> &quot;The meter reads the usage&quot;, not &quot;usage is read&quot;. Avoid &quot;somebody&quot;, &quot;nobody&quot; and &quot;whoever&quot;; say who: the caller, a waiter, another process.</li><li><strong>&quot;You&quot; is the reader.</strong> Guides say &quot;you pass&quot;, never &quot;one passes&quot;. Use the present tense.</li><li><strong>One idea a sentence</strong>, in its usual order. If a sentence needs a second semicolon, make two.</li><li><strong>One word for each thing</strong>: that of the <a href="./../reference/glossary.html">glossary</a>. A usage is <em>reported</em>, a hold <em>released</em>, waiters stand in a <em>queue</em>, a ledger has <em>entries</em>, a request <em>fits</em> or is <em>refused</em>.</li><li><strong>Docstrings</strong> begin in the third person: &quot;Returns …&quot;, &quot;Throws …&quot;, &quot;Holds …&quot;; those of properties and types name the thing: &quot;The path of the pool&quot;. They give units, ranges, <code>@default</code>, <code>@throws</code> with its condition (&quot;if the amount is invalid&quot;), and one <code>@example</code> that runs. No fragments such as &quot;What to be told&quot;.</li><li><strong>Messages</strong> say what was wrong, what was expected, and what to do, in that order: &quot;Expected <code>leaseMs</code> to be at least 100, got 5&quot;. No blame, no jokes, no internals. Read each one aloud in a terminal.</li><li><strong>Help</strong> is a phrase without a full stop; defaults stand in parentheses: <code>(default: UTC)</code>.</li><li><strong>Comments</strong> say why, in whole sentences. What the code does, the code says.</li><li><strong>Numbers</strong> have a unit and say how they were measured.</li></ul><p><code>npm run tidy</code> refuses the words that went wrong most often (<code>scripts/tidy/words.ts</code>), in docs and in strings and comments of the source. If one of them is right for once, rewrite the sentence anyway.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "internals/writing.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const writing = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export { __pageData, writing as default };
