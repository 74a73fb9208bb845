import { expect } from 'chai';
import fc from 'fast-check';
import { fieldsOf } from '../../../src/platform/http/flat.ts';
import { entriesOf, fillForm, type Entry } from '../../../src/platform/http/fill-form.ts';

const form = (inside: string, action = '/tasks/1/complete') => `<main><form class="form" method="post" action="${action}" novalidate>${inside}</form></main>`;
const fill = (inside: string, entries: Entry[]) => {
  const { html, left } = fillForm(form(inside), '/tasks/1/complete', entries);
  return { inside: html.slice(form('').indexOf('</form>'), html.lastIndexOf('</form>')), left };
};

describe('what was typed, put back into a form', () => {
  it('goes into a text field in the place of what stood there', () => {
    expect(fill('<input type="text" name="title" value="old">', [['title', 'new']]).inside)
      .to.equal('<input type="text" name="title" value="new">');
  });

  it('goes into a field without type or value', () => {
    expect(fill('<input name="title" required>', [['title', '“标题”']]).inside).to.equal('<input name="title" required value="“标题”">');
  });

  it('goes into a text area as it was, with its lines and signs', () => {
    const { inside } = fill('<textarea name="facts" rows="3">\nold</textarea>', [['facts', '一行\n<b>二行</b> & "三"']]);
    expect(inside).to.equal('<textarea name="facts" rows="3">\n一行\n&#60;b&#62;二行&#60;/b&#62; &#38; &#34;三&#34;</textarea>');
  });

  it('chooses the option, and no longer the one that was chosen', () => {
    const options = '<select name="area"><option value="">–</option><option value="food" selected>食品</option><option value="work">安全</option></select>';
    expect(fill(options, [['area', 'work']]).inside)
      .to.equal('<select name="area"><option value="">–</option><option value="food">食品</option><option value="work" selected>安全</option></select>');
  });

  it('leaves a choice as it is when nothing was posted for it', () => {
    const options = '<select name="area"><option value="food" selected>食品</option></select>';
    expect(fill(options, [['other', 'x']]).inside).to.equal(options);
  });

  it('ticks what was ticked and unticks what was not', () => {
    const boxes = '<input type="checkbox" name="units" value="a" checked><input type="checkbox" name="units" value="b"><input type="radio" name="outcome" value="founded"><input type="checkbox" name="sure">';
    expect(fill(boxes, [['units[]', 'b'], ['outcome', 'founded'], ['sure', 'on']]).inside)
      .to.equal('<input type="checkbox" name="units" value="a"><input type="checkbox" name="units" value="b" checked><input type="radio" name="outcome" value="founded" checked><input type="checkbox" name="sure" checked>');
  });

  it('leaves the token, hidden fields, passwords and files as the page has them', () => {
    const machine = '<input type="hidden" name="_csrf" value="new"><input type="hidden" name="version" value="7"><input type="password" name="password" value=""><input type="file" name="files">';
    expect(fill(machine, [['_csrf', 'old'], ['version', '6'], ['password', 'x'], ['files', 'y']]).inside).to.equal(machine);
  });

  it('fills fields of one name in their order', () => {
    expect(fill('<input name="who"><input name="who">', [['who[]', 'first'], ['who[]', 'second']]).inside)
      .to.equal('<input name="who" value="first"><input name="who" value="second">');
  });

  it('fills the form that was sent, and no other on the page', () => {
    const page = form('<input name="q">', '/search') + form('<input name="q">', '/tasks/1/complete?x=1');
    expect(fillForm(page, '/tasks/1/complete', [['q', 'here']]).html)
      .to.equal(form('<input name="q">', '/search') + form('<input name="q" value="here">', '/tasks/1/complete?x=1'));
  });

  it('says what found no field', () => {
    expect(fill('<input name="a">', [['a', '1'], ['b', '2'], ['c', '']]).left).to.deep.equal([['b', '2']]);
  });

  it('never lets a value end its attribute or its text area', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (first, second) => {
      const { inside } = fill('<input name="a"><textarea name="b">\n</textarea>', [['a', first], ['b', second]]);
      expect(inside.match(/</g)).to.have.length(3);
      expect(inside.replace(/\n/g, '').replace(/="[^"]*"/g, '')).to.match(/^<input name value><textarea name>[^<]*<\/textarea>$/);
    }));
  });
});

describe('the fields of a parsed body', () => {
  it('have the names the browser gave them', () => {
    const posted: Entry[] = [['title', 'x'], ['units', 'a'], ['units', 'b'], ['subjects[0][name]', 'n']];
    expect(entriesOf(fieldsOf(posted))).to.deep.equal(posted);
  });

  it('are none of no body', () => {
    expect(entriesOf(undefined)).to.deep.equal([]);
  });
});
