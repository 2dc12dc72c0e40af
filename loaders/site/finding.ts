/** What is wrong with a page or file of the site. */
export interface Finding {
  page: string;
  message: string;
}
