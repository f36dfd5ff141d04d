// Fills `{{name}}` in a text.

/** The filled text as one string. */
function render(template, values) {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name) => String(values[name]));
}

/** The same for many records, piece by piece: only one is held at a time. */
function* renderEach(template, records) {
  for (const record of records) yield render(template, record);
}

module.exports = { render, renderEach };
