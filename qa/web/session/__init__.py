"""State that outlives a rerun of the page.

links        Links from one page to another
roles        Which roles the server offers, and which of them a login has: by its claims, or by a file
login        Who is logged in, where Streamlit's secrets configure a login; else, whether the visitor is on this machine
drafts       Keep what is typed into the question box until it has been answered, in the browser: a reload loses nothing
waiting      Wait for work in another thread, so that a click meanwhile, on Stop above all, is heard at once
catalogue    What lists show of each paper, made once for each published index: no paper is read for a list
user         Who the user is, by a login or by a secret in a cookie, and which roles they have
work         Background jobs on a page: progress and messages that survive a rerun
shared       The permanent link to one answer
scope        Choose which papers, collections, years and sections to ask; the address holds the choice
opening      Open the assistant for the published index, and build the first index if there is none
persistence  Store the conversation of this session, and restore it after a reload
pinning      The button that pins a quote to the user's notebook
filling      Fill a table's empty cells in the background, one at a time; each is kept as soon as it is there
"""
