/** A page with other text between the marks `<!-- name -->` and `<!-- /name -->`. @throws Error where it lacks them */
export const withSection = (page: string, name: string, text: string): string => {
  const marks = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*(<!-- /${name} -->)`);
  if (!marks.test(page)) throw new Error(`the page has no section ${name}`);
  return page.replace(marks, (_, begin, end) => `${begin}${text}\n${end}`);
};
