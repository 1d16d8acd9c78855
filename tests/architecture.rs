//! The architecture, held: what may import what, where a name may be defined, and how long a file and a function may be.
//!
//! The test reads the source itself: tokens, `mod` and `use` items, and paths. Names that a `mod.rs` re-exports are
//! resolved to the file that defines them, macros too. Tests (`#[cfg(test)]`) and comments do not count.
//! `docs/architecture.md` says why the layers are as they are.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

/// Folders and files of `src`, lowest first. Each may import itself and what is before it.
const LAYERS: [&str; 21] = [
    "wire",
    "layer",
    "proto",
    "dissect",
    "build",
    "ip",
    "services",
    "packet",
    "flow",
    "filter",
    "special_addresses",
    "output",
    "capture",
    "stats",
    "hosts",
    "explain",
    "anonymise",
    "rewrite",
    "live",
    "subnet",
    "lib",
];

/// Types that two modules may define by one name, each with the reason.
const SHARED_NAMES: [(&str, &str); 0] = [];

/// Most lines of a file; those of `src/proto` are as long as their RFC.
const MAX_FILE_LINES: usize = 700;

/// Most lines of a function without a comment `// long: reason` beside its name.
const MAX_FUNCTION_LINES: usize = 100;

#[test]
fn imports_point_one_way() {
    let library = Source::read("src/lib.rs");
    let mut failures = Vec::new();
    for edge in &library.edges {
        let (from, to) = (layer_of(&edge.from), layer_of(&edge.to));
        if to > from {
            failures.push(format!(
                "{}:{}: `{}` is in {}, and `{}` may not import `{}`: move the item down, or its user up",
                edge.from, edge.line, edge.path, edge.to, LAYERS[from], LAYERS[to]
            ));
        }
    }
    check(failures);
}

#[test]
fn no_circle_between_files() {
    let failures =
        ["src/lib.rs", "cli/src/main.rs"].into_iter().flat_map(|root| Source::read(root).circles()).collect();
    check(failures);
}

#[test]
fn one_module_per_type_name() {
    let mut modules: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for module in Source::read("src/lib.rs").modules {
        for (name, line) in module.types {
            modules.entry(name).or_default().insert(module.path.join("::"), format!("{}:{line}", module.file));
        }
    }
    let failures = modules
        .into_iter()
        .filter(|(name, places)| places.len() > 1 && SHARED_NAMES.iter().all(|(shared, _)| shared != name))
        .map(|(name, places)| {
            let places: Vec<String> = places.into_values().collect();
            format!("{}: `{name}` is defined by more than one module: rename all but one", places.join(", "))
        })
        .collect();
    check(failures);
}

#[test]
fn files_and_functions_are_short() {
    let mut failures = Vec::new();
    for file in files("src").into_iter().chain(files("cli/src")) {
        let text = fs::read_to_string(root().join(&file)).expect("the file can be read");
        let lines = text.lines().count();
        if lines > MAX_FILE_LINES && !file.starts_with("src/proto/") {
            failures.push(format!("{file}:{lines}: more than {MAX_FILE_LINES} lines: make two files of it"));
        }
        let tokens = without_tests(&tokens(&text));
        for (start, token) in tokens.iter().enumerate().filter(|(_, token)| token.text == "fn") {
            let Some(name) = tokens.get(start + 1).filter(|name| name.is_ident()) else { continue };
            let Some(open) = body(&tokens, start) else { continue };
            let end = tokens[closing(&tokens, open)].line;
            let (first, opened) = (token.line, tokens[open].line);
            let reason = (first.saturating_sub(3)..=opened + 1)
                .filter_map(|line| text.lines().nth(line.checked_sub(1)?))
                .any(|line| line.split_once("// long:").is_some_and(|(_, reason)| !reason.trim().is_empty()));
            if end - first >= MAX_FUNCTION_LINES && !reason {
                failures.push(format!(
                    "{file}:{first}: `{}` has {} lines: make parts of it functions, or give the reason in a comment \
                     `// long: ...` above it",
                    name.text,
                    end - first + 1
                ));
            }
        }
    }
    check(failures);
}

/// What this test reads must not be less than there is.
#[test]
fn every_file_is_read() {
    for (root, folder) in [("src/lib.rs", "src"), ("cli/src/main.rs", "cli/src")] {
        let source = Source::read(root);
        let read: BTreeSet<&str> = source.modules.iter().map(|module| &*module.file).collect();
        let left: Vec<String> = files(folder)
            .into_iter()
            .filter(|file| !read.contains(&**file) && !file.ends_with("tests.rs") && file != "src/every_variant.rs")
            .collect();
        assert!(left.is_empty(), "no `mod` item leads to {left:?}");
        assert!(source.edges.len() > read.len(), "imports are not found");
    }
}

fn check(failures: Vec<String>) {
    assert!(failures.is_empty(), "\n{}\n{} in all", failures.join("\n"), failures.len());
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Source files of a folder and the folders in it.
fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).expect("the folder can be read") {
            let path = folder.join(entry.expect("the folder can be read").file_name());
            if root().join(&path).is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

/// Index in [`LAYERS`] of the folder or file that a source file belongs to.
fn layer_of(file: &str) -> usize {
    let name = file.trim_start_matches("src/").split(['/', '.']).next().unwrap_or_default();
    LAYERS.iter().position(|layer| *layer == name).unwrap_or_else(|| panic!("{file}: add `{name}` to LAYERS"))
}

/// A crate: its modules, and which file uses which.
struct Source {
    modules: Vec<Module>,
    /// Index in `modules` by path.
    index: HashMap<Vec<String>, usize>,
    edges: BTreeSet<Edge>,
}

#[derive(Default)]
struct Module {
    /// Names from the crate's root, which has none.
    path: Vec<String>,
    /// From the folder of the repository.
    file: String,
    /// Names that it defines, those in `types` included.
    names: BTreeSet<String>,
    /// Types with the line.
    types: Vec<(String, usize)>,
    imports: Vec<Import>,
    /// What is left without the `use` items and inner modules.
    tokens: Vec<Token>,
}

/// One name that a `use` item brings in.
#[derive(Clone, Debug)]
struct Import {
    /// `*` for all names of the path.
    name: String,
    path: Vec<String>,
    line: usize,
    public: bool,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    from: String,
    to: String,
    line: usize,
    path: String,
}

impl Source {
    fn read(file: &str) -> Self {
        let mut source = Source { modules: Vec::new(), index: HashMap::new(), edges: BTreeSet::new() };
        source.read_file(Vec::new(), file.to_owned());
        source.find_edges();
        source
    }

    fn read_file(&mut self, path: Vec<String>, file: String) {
        let text = fs::read_to_string(root().join(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        self.read_module(path, file, &without_tests(&tokens(&text)));
    }

    fn read_module(&mut self, path: Vec<String>, file: String, tokens: &[Token]) {
        let mut module = Module { path, file, ..Module::default() };
        let mut type_macros = vec!["header", "registry", "flags", "tagged_enum", "group"];
        let mut public = false;
        let mut at = 0;
        while at < tokens.len() {
            let text = &*tokens[at].text;
            let next = |n: usize| tokens.get(at + n).map_or("", |token| &*token.text);
            let end = match text {
                "#" if next(1) == "!" => at + 2,
                "#" => at + 1,
                "pub" => at + 1,
                "unsafe" | "async" | "extern" => at + 1,
                "mod" if next(2) == ";" => {
                    let name = next(1).to_owned();
                    let folder = match module.file.rsplit_once('/') {
                        Some((folder, "mod.rs" | "lib.rs" | "main.rs")) => folder.to_owned(),
                        _ => module.file.trim_end_matches(".rs").to_owned(),
                    };
                    let path = [&module.path[..], std::slice::from_ref(&name)].concat();
                    let flat = format!("{folder}/{name}.rs");
                    let nested = format!("{folder}/{name}/mod.rs");
                    self.read_file(path, if root().join(&flat).exists() { flat } else { nested });
                    at + 3
                }
                "mod" if next(2) == "{" => {
                    let end = closing(tokens, at + 2);
                    let path = [&module.path[..], &[next(1).to_owned()]].concat();
                    self.read_module(path, module.file.clone(), &tokens[at + 3..end]);
                    end + 1
                }
                "use" => {
                    let end = at + tokens[at..].iter().position(|token| token.text == ";").expect("a use item ends");
                    import(&tokens[at + 1..end], &[], public, &mut module.imports);
                    end + 1
                }
                "macro_rules" => {
                    module.names.insert(next(2).to_owned());
                    let end = closing(tokens, at + 3);
                    // A macro of a file that makes types, by a macro of the library or by itself.
                    let makes = tokens[at..end].windows(3).any(|window| {
                        matches!(&*window[0].text, "struct" | "enum") && window[1].text == "$" && window[2].is_ident()
                    });
                    if makes {
                        type_macros.push(next(2));
                    }
                    module.tokens.extend_from_slice(&tokens[at..=end]);
                    end + 1
                }
                name if next(1) == "!" && tokens[at].is_ident() => {
                    let end = closing(tokens, at + 2);
                    let inside = &tokens[at + 3..end];
                    if type_macros.contains(&name) {
                        let is_type =
                            |n: &usize| inside[*n].is_ident() && inside[*n].text.starts_with(char::is_uppercase);
                        if let Some(n) = (0..inside.len()).find(is_type) {
                            module.types.push((inside[n].text.clone(), inside[n].line));
                        }
                    }
                    module.tokens.extend_from_slice(&tokens[at..=end]);
                    end + 1
                }
                _ => {
                    match text {
                        "struct" | "enum" | "union" | "trait" | "type" if tokens[at + 1].is_ident() => {
                            module.types.push((next(1).to_owned(), tokens[at + 1].line));
                        }
                        "fn" | "static" => _ = module.names.insert(next(1).to_owned()),
                        "const" if next(1) != "fn" => _ = module.names.insert(next(1).to_owned()),
                        _ => {}
                    }
                    let end = if text == "const" && next(1) == "fn" { at + 1 } else { item_end(tokens, at) };
                    let (uses, others) = inner_uses(&tokens[at..end]);
                    for tokens in uses {
                        import(&tokens, &[], false, &mut module.imports);
                    }
                    module.tokens.extend(others);
                    end
                }
            };
            public = match text {
                "pub" => true,
                "#" | "unsafe" | "async" | "extern" => public,
                _ => false,
            };
            // Attributes, and the bounds of `pub(crate)`.
            at = match tokens.get(end).map(|token| &*token.text) {
                Some("[") if text == "#" => closing(tokens, end) + 1,
                Some("(") if text == "pub" => closing(tokens, end) + 1,
                _ => end,
            };
        }
        module.names.extend(module.types.iter().map(|(name, _)| name.clone()));
        self.index.insert(module.path.clone(), self.modules.len());
        self.modules.push(module);
    }

    fn module(&self, path: &[String]) -> Option<&Module> {
        Some(&self.modules[*self.index.get(path)?])
    }

    /// Makes a path as it is written in a module one from the crate's root; nothing where it is another crate's.
    fn absolute(&self, module: &Module, path: &[String]) -> Option<Vec<String>> {
        let mut base = module.path.clone();
        let mut rest = path;
        match &*path[0] {
            "crate" => (base, rest) = (Vec::new(), &path[1..]),
            "self" => rest = &path[1..],
            "super" => {
                while rest.first().is_some_and(|name| name == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
            }
            first => {
                let child = [&base[..], &[first.to_owned()]].concat();
                let known = self.module(&child).is_some()
                    || module.names.contains(first)
                    || module.imports.iter().any(|import| import.name == *first && import.path[..] != *path)
                    || self.by_glob(module, first, 0).is_some();
                if !known {
                    return None;
                }
            }
        }
        base.extend_from_slice(rest);
        Some(base)
    }

    /// File that defines what a path from the crate's root names.
    fn file_of(&self, path: &[String], depth: usize) -> Option<String> {
        assert!(depth < 32, "{path:?} is re-exported in a circle");
        let mut known = path.len();
        while self.module(&path[..known]).is_none() {
            known -= 1;
        }
        let mut module = self.module(&path[..known]).expect("found above");
        if known == path.len() && known > 0 {
            // A function or macro may have the name of a module; it is meant where the module around re-exports it.
            let around = self.module(&path[..known - 1])?;
            match around.imports.iter().any(|import| import.name == path[known - 1]) {
                true => (module, known) = (around, known - 1),
                false => return Some(module.file.clone()),
            }
        }
        let Some(name) = path.get(known) else { return Some(module.file.clone()) };
        if module.names.contains(name) {
            return Some(module.file.clone());
        }
        for import in module.imports.iter().filter(|import| import.name == *name) {
            let Some(mut target) = self.absolute(module, &import.path) else { continue };
            if target == path[..=known] {
                return Some(module.file.clone());
            }
            target.extend_from_slice(&path[known + 1..]);
            return self.file_of(&target, depth + 1);
        }
        // What no item defines is made by a macro.
        Some(self.by_glob(module, name, depth).unwrap_or_else(|| module.file.clone()))
    }

    /// File that defines a name that an import of all names brings in.
    fn by_glob(&self, module: &Module, name: &str, depth: usize) -> Option<String> {
        if depth > 8 {
            return None;
        }
        module.imports.iter().filter(|import| import.name == "*").find_map(|import| {
            // Only paths that are plain, or this would ask itself.
            let start = matches!(&*import.path[0], "crate" | "self" | "super");
            let path = if start { self.absolute(module, &import.path)? } else { import.path.clone() };
            let target = self.module(&path).filter(|target| target.path != module.path)?;
            if target.names.contains(name) {
                return Some(target.file.clone());
            }
            let named = target.imports.iter().find(|import| import.name == name && import.public);
            match named {
                Some(_) => self.file_of(&[&path[..], &[name.to_owned()]].concat(), depth + 1),
                None => self.by_glob(target, name, depth + 1),
            }
        })
    }

    fn find_edges(&mut self) {
        let mut edges = BTreeSet::new();
        for module in &self.modules {
            let mut add = |path: &[String], line: usize| {
                let Some(to) = self.absolute(module, path).and_then(|path| self.file_of(&path, 0)) else { return };
                if to != module.file {
                    edges.insert(Edge { from: module.file.clone(), to, line, path: path.join("::") });
                }
            };
            let used: HashSet<&str> = module.tokens.iter().map(|token| &*token.text).collect();
            let is_list = ["/mod.rs", "/lib.rs", "/main.rs"].iter().any(|list| module.file.ends_with(list));
            for import in module.imports.iter().filter(|import| import.name != "*") {
                // A list of re-exports uses nothing, unless the same file uses the name.
                if !is_list || !import.public || used.contains(&*import.name) {
                    add(&import.path, import.line);
                }
            }
            let imports: HashMap<&str, &Import> = module.imports.iter().map(|import| (&*import.name, import)).collect();
            let all = imports.contains_key("*");
            for (path, line) in paths(&module.tokens) {
                match imports.get(&*path[0]) {
                    Some(import) if path.len() > 1 => add(&[&import.path[..], &path[1..]].concat(), line),
                    None if path.len() > 1 || all && !module.names.contains(&path[0]) => add(&path, line),
                    _ => {}
                }
            }
        }
        self.edges = edges;
    }

    /// A shortest circle for each set of files that lead to one another.
    fn circles(&self) -> Vec<String> {
        let mut next: BTreeMap<&str, BTreeMap<&str, &Edge>> = BTreeMap::new();
        for edge in &self.edges {
            next.entry(&edge.from).or_default().entry(&edge.to).or_insert(edge);
        }
        let way = |from: &str, to: &str| -> Option<Vec<&Edge>> {
            let mut came: BTreeMap<&str, &Edge> = BTreeMap::new();
            let mut queue = VecDeque::from([from]);
            while let Some(file) = queue.pop_front() {
                for (&other, &edge) in next.get(file).into_iter().flatten() {
                    if came.contains_key(other) {
                        continue;
                    }
                    came.insert(other, edge);
                    queue.push_back(other);
                    if other == to {
                        let mut way = vec![edge];
                        while way[0].from != from {
                            way.insert(0, came[&*way[0].from]);
                        }
                        return Some(way);
                    }
                }
            }
            None
        };
        let mut reported: BTreeSet<&str> = BTreeSet::new();
        let mut circles = Vec::new();
        for file in next.keys() {
            let Some(circle) = way(file, file) else { continue };
            if circle.iter().any(|edge| reported.contains(&*edge.from)) {
                continue;
            }
            reported.extend(circle.iter().map(|edge| &*edge.from));
            let mut text = String::from("a circle of files: cut one of these imports, by moving what it names:");
            for edge in circle {
                text += &format!("\n    {}:{}: `{}`, of {}", edge.from, edge.line, edge.path, edge.to);
            }
            circles.push(text);
        }
        circles
    }
}

/// Reads a tree of names after `use`.
fn import(tokens: &[Token], before: &[String], public: bool, imports: &mut Vec<Import>) {
    let mut path = before.to_vec();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match &*token.text {
            "{" => {
                let inside = &tokens[at + 1..closing(tokens, at)];
                let mut start = 0;
                let mut depth = 0;
                for (n, token) in inside.iter().enumerate() {
                    match &*token.text {
                        "{" => depth += 1,
                        "}" => depth -= 1,
                        "," if depth == 0 => {
                            import(&inside[start..n], &path, public, imports);
                            start = n + 1;
                        }
                        _ => {}
                    }
                }
                return import(&inside[start..], &path, public, imports);
            }
            "*" => return imports.push(Import { name: "*".to_owned(), path, line: token.line, public }),
            "::" => {}
            "as" => {
                let name = tokens[at + 1].text.clone();
                return imports.push(Import { name, path, line: token.line, public });
            }
            "self" if !path.is_empty() => {}
            name => path.push(name.to_owned()),
        }
        at += 1;
    }
    if let (Some(name), Some(token)) = (path.last(), tokens.first()) {
        imports.push(Import { name: name.clone(), line: token.line, public, path });
    }
}

/// Tells the `use` items inside functions from the rest.
fn inner_uses(tokens: &[Token]) -> (Vec<Vec<Token>>, Vec<Token>) {
    let (mut uses, mut others) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].text == "use" && tokens.get(at + 1).is_some_and(|next| next.text != "<") {
            let end = at + tokens[at..].iter().position(|token| token.text == ";").expect("a use item ends");
            uses.push(tokens[at + 1..end].to_vec());
            at = end;
        } else {
            others.push(tokens[at].clone());
        }
        at += 1;
    }
    (uses, others)
}

/// Paths in tokens, those of one name too.
fn paths(tokens: &[Token]) -> Vec<(Vec<String>, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let before = at.checked_sub(1).map_or("", |before| &*tokens[before].text);
        if !tokens[at].is_ident() || matches!(before, "." | "::" | "fn" | "struct" | "enum" | "trait" | "type") {
            at += 1;
            continue;
        }
        let line = tokens[at].line;
        let mut path = vec![tokens[at].text.clone()];
        while tokens.get(at + 1).is_some_and(|token| token.text == "::")
            && tokens.get(at + 2).is_some_and(Token::is_ident)
        {
            path.push(tokens[at + 2].text.clone());
            at += 2;
        }
        // `self` as a value, `pub(crate)`, and names that a macro is given are no paths.
        let word = path.len() == 1 && matches!(&*path[0], "self" | "super" | "crate");
        if !word && (before != "$" || path[0] == "crate") {
            found.push((path, line));
        }
        at += 1;
    }
    found
}

#[derive(Clone, Debug)]
struct Token {
    text: String,
    line: usize,
}

impl Token {
    fn is_ident(&self) -> bool {
        self.text.starts_with(|first: char| first.is_alphabetic() || first == '_')
    }
}

/// Splits source into names, `::`, and single characters. A literal is `"`, a lifetime `'`; comments are left out.
fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut line = 1;
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let (len, token) = match bytes[at] {
            byte if byte.is_ascii_whitespace() => (1, None),
            b'/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), None),
            b'/' if rest.starts_with("/*") => (block_comment(rest), None),
            b'"' => (string(rest), Some("\"")),
            b'r' | b'b' | b'c' if literal_prefix(rest).is_some() => {
                let prefix = literal_prefix(rest).expect("tested above");
                let raw = rest[..prefix].contains('r');
                (prefix + if raw { raw_string(&rest[prefix..]) } else { string(&rest[prefix..]) }, Some("\""))
            }
            b'\'' => match char_literal(rest) {
                Some(len) => (len, Some("\"")),
                None => (1, Some("'")),
            },
            b':' if rest.starts_with("::") => (2, Some("::")),
            byte if byte.is_ascii_digit() => {
                (rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()), Some("0"))
            }
            _ if rest.starts_with(|c: char| c.is_alphabetic() || c == '_') => {
                let len = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                (len, Some(&rest[..len]))
            }
            _ => {
                let len = rest.chars().next().map_or(1, char::len_utf8);
                (len, Some(&rest[..len]))
            }
        };
        if let Some(token) = token {
            tokens.push(Token { text: token.to_owned(), line });
        }
        line += rest[..len].matches('\n').count();
        at += len;
    }
    tokens
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        let rest = &text.as_bytes()[at..];
        match rest {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            [] => return at,
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
}

/// Length of what is before the quotation mark, or before the number signs of a raw string.
fn literal_prefix(text: &str) -> Option<usize> {
    ["br", "cr", "r", "b", "c"].into_iter().find_map(|prefix| {
        let rest = text.strip_prefix(prefix)?;
        let signs = rest.trim_start_matches('#');
        let quoted = signs.starts_with('"') && (prefix.contains('r') || signs.len() == rest.len());
        quoted.then_some(prefix.len())
    })
}

fn string(text: &str) -> usize {
    let mut escaped = false;
    for (n, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return n + 1,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

fn raw_string(text: &str) -> usize {
    let signs = text.len() - text.trim_start_matches('#').len();
    let end = format!("\"{}", "#".repeat(signs));
    text[signs + 1..].find(&end).map_or(text.len(), |n| signs + 1 + n + end.len())
}

/// Length of a character; nothing for a lifetime.
fn char_literal(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().skip(1);
    match chars.next()?.1 {
        '\\' => Some(text[3..].find('\'')? + 4),
        _ => chars.next().filter(|(_, end)| *end == '\'').map(|(n, _)| n + 1),
    }
}

/// Index of the bracket that closes the one at an index.
fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (n, token) in tokens.iter().enumerate().skip(open) {
        match &*token.text {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return n;
        }
    }
    panic!("the bracket of line {} is not closed", tokens[open].line)
}

/// Index of the brace that opens a function's body; nothing where it has none.
fn body(tokens: &[Token], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        match &*tokens.get(at)?.text {
            "(" | "[" => at = closing(tokens, at),
            "{" => return Some(at),
            ";" | "}" | ")" | "=" => return None,
            _ => {}
        }
        at += 1;
    }
}

/// Index after an item: a semicolon, or the braces that it ends with.
fn item_end(tokens: &[Token], start: usize) -> usize {
    let value = matches!(&*tokens[start].text, "use" | "const" | "static" | "type" | "let");
    let mut at = start;
    while let Some(token) = tokens.get(at) {
        match &*token.text {
            ";" => return at + 1,
            "{" if !value => return closing(tokens, at) + 1,
            "{" | "(" | "[" => at = closing(tokens, at),
            "}" | ")" | "]" => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Leaves out what is compiled for tests alone.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut left = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let attribute = tokens[at].text == "#" && tokens.get(at + 1).is_some_and(|token| token.text == "[");
        if !attribute {
            left.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let end = closing(tokens, at + 1) + 1;
        let words: Vec<&str> = tokens[at + 2..end - 1].iter().map(|token| &*token.text).collect();
        let test = words == ["test"]
            || words[0] == "cfg"
                && words.iter().any(|word| matches!(*word, "test" | "doctest"))
                && !words.contains(&"not");
        if test && !(words.contains(&"any")) {
            at = end;
            while tokens[at].text == "#" {
                at = closing(tokens, at + 1) + 1;
            }
            while matches!(&*tokens[at].text, "pub" | "unsafe" | "async") {
                at += 1;
                if tokens[at].text == "(" {
                    at = closing(tokens, at) + 1;
                }
            }
            at = item_end(tokens, at);
        } else {
            left.extend_from_slice(&tokens[at..end]);
            at = end;
        }
    }
    left
}
