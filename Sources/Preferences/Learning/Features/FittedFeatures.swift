import Kernels

/// A recipe that has learnt what it needs, and describes answers by it.
///
/// The columns are, in order: the answer's own numbers, their products with the prompt's, the overlap with the prompt, the
/// style; those of a recipe that it does not ask for are left out.
///
/// ```swift
/// let fitted = try FeatureRecipe(.hashed(HashedNGrams())).fitted(to: [])
/// let items = try fitted.items(answers: ["Paris.", "Rome."], prompt: [0, 0], prompts: ["The capital of France?"])
/// ```
public struct FittedFeatures: Sendable {
    /// What it does.
    public let recipe: FeatureRecipe
    /// The number of columns of an answer.
    public let width: Int
    let words: (any TextFeaturizer)?
    private let encoder: TextEncoder?
    /// The number of the first part's columns.
    private let base: Int

    init(_ recipe: FeatureRecipe, words: (any TextFeaturizer)?, encoder: TextEncoder?) throws {
        self.recipe = recipe
        self.words = words
        self.encoder = encoder
        switch recipe.source {
        case .hashed(let hashed): base = hashed.columns
        case .tfidf: base = words?.columns ?? 0
        case .columns(let names): base = names.count
        case .traits: base = TextTraits.standard.list.count
        case .embeddings(let width): base = width
        case .encoder(_, let width): base = width
        }
        width =
            base * (recipe.product ? 2 : 1) + (recipe.overlap ? 2 : 0)
            + (recipe.style ? StyleFeatures.count : 0)
    }

    /// The number of columns of a prompt; nil where prompts have no features.
    public var promptWidth: Int? { recipe.source.takesMore ? base : nil }

    /// What it has learnt.
    public var learnt: ModelState { words?.learnt ?? ModelState() }

    /// What a column is called.
    public func name(of column: Int) -> String {
        precondition((0..<width).contains(column), "column \(column) of \(width)")
        if column < base { return baseName(column) }
        var column = column - base
        if recipe.product {
            if column < base { return baseName(column) + " × prompt" }
            column -= base
        }
        if recipe.overlap {
            if column < 2 { return ["prompt's words repeated", "likeness to the prompt"][column] }
            column -= 2
        }
        return StyleFeatures.names[column]
    }

    /// What the columns are called, where each means something by itself; otherwise empty.
    public var columnNames: [String] {
        switch recipe.source {
        case .traits, .columns: (0..<width).map { name(of: $0) }
        case .hashed, .tfidf, .embeddings, .encoder: []
        }
    }

    private func baseName(_ column: Int) -> String {
        switch recipe.source {
        case .hashed: "bucket \(column)"
        case .tfidf: (words as? TFIDF)?.terms[column].debugDescription ?? "word \(column)"
        case .columns(let names): names[column]
        case .traits: TextTraits.standard.names[column].more
        case .embeddings, .encoder: "number \(column + 1)"
        }
    }

    /// One row for each answer, given its prompt or nil.
    public func features(of answers: [String], prompts: [String?]) throws -> FeatureMatrix {
        precondition(answers.count == prompts.count, "a prompt or nil for each answer")
        var (places, known): ([String: Int], [String]) = ([:], [])
        let prompt = prompts.map { text -> Int in
            guard let text else { return -1 }
            if let place = places[text] { return place }
            places[text] = known.count
            known.append(text)
            return known.count - 1
        }
        return try rows(answers, prompt, known)
    }

    /// One row for each prompt; nil where prompts have no features.
    public func features(ofPrompts prompts: [String]) throws -> FeatureMatrix? {
        if let words { return try words.features(of: prompts) }
        guard case .encoder = recipe.source else { return nil }
        return try embeddings(of: prompts)
    }

    /// Answers with their features, those of the prompts, and names to show.
    ///
    /// - Parameter prompt: For each answer the place of its prompt in `prompts`, or -1.
    public func items(answers: [String], prompt: [Int], prompts: [String]) throws -> ItemSet {
        precondition(prompt.count == answers.count, "a prompt or -1 for each answer")
        var items = ItemSet(
            features: try rows(answers, prompt, prompts), names: answers.map { Self.shortened($0) })
        items.featureNames = columnNames
        if !prompts.isEmpty {
            items.prompts = prompt
            items.promptNames = prompts.map { Self.shortened($0) }
            items.promptFeatures = try features(ofPrompts: prompts)
        }
        return items
    }

    /// A text in one line of at most 60 characters.
    static func shortened(_ text: String) -> String {
        let line = text.prefix(400).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count <= 60 && text.utf8.count <= 400 ? line : line.prefix(59) + "…"
    }

    private func rows(_ answers: [String], _ prompt: [Int], _ prompts: [String]) throws -> FeatureMatrix {
        if let words {
            let matrix = try words.features(of: answers)
            guard case .sparse(let own) = matrix.storage else { return matrix }
            guard width > base else { return matrix }
            var theirs = SparseRows()
            if recipe.product || recipe.overlap,
                case .sparse(let rows) = try words.features(of: prompts).storage
            {
                theirs = rows
            }
            return try FeatureMatrix(extended(own, theirs, answers, prompt, prompts), columns: width)
        }
        if recipe.source == .traits {
            let values = Parallel.map(answers.count) { place in
                TextTraits.standard.features(
                    prompt: prompt[place] < 0 ? "" : prompts[prompt[place]], answer: answers[place])
            }
            return try FeatureMatrix(rows: answers.count, columns: width, values: values.flatMap { $0 })
        }
        guard case .encoder = recipe.source else {
            throw LearningError.data(
                "the model describes things by numbers, not by texts; give it those numbers")
        }
        let own = try embeddings(
            of: zip(answers, prompt).map { $1 < 0 ? $0 : prompts[$1] + "\n\n" + $0 })
        guard width > base else { return own }
        let theirs = recipe.product || recipe.overlap ? try embeddings(of: prompts) : nil
        return try extended(own.dense, theirs?.dense, answers, prompt, prompts)
    }

    private struct Worker {
        var prompt: [Double]
        var words = TextWords()
        var counts = TermCounts()
    }

    /// The rows of words with all that stands behind them.
    private func extended(
        _ own: SparseRows, _ theirs: SparseRows, _ answers: [String], _ prompt: [Int], _ prompts: [String]
    ) -> SparseRows {
        TextRows.make(
            answers.count,
            { Worker(prompt: [Double](repeating: 0, count: recipe.product || recipe.overlap ? base : 0)) }
        ) { worker, place, rows in
            for index in own.range(place) {
                rows.append(column: own.columns[index], value: own.values[index])
            }
            var (dot, mine, its) = (0.0, 0.0, 0.0)
            if prompt[place] >= 0, recipe.product || recipe.overlap {
                let range = theirs.range(prompt[place])
                for index in range {
                    worker.prompt[Int(theirs.columns[index])] = theirs.values[index]
                    its += theirs.values[index] * theirs.values[index]
                }
                for index in own.range(place) {
                    let (column, value) = (own.columns[index], own.values[index])
                    mine += value * value
                    let product = value * worker.prompt[Int(column)]
                    dot += product
                    if recipe.product, product != 0 {
                        rows.append(column: column + Int32(base), value: product)
                    }
                }
                for index in range { worker.prompt[Int(theirs.columns[index])] = 0 }
            }
            var column = Int32(base * (recipe.product ? 2 : 1))
            func add(_ value: Double) {
                if value != 0 { rows.append(column: column, value: value) }
                column += 1
            }
            if recipe.overlap {
                add(prompt[place] < 0 ? 0 : share(of: prompts[prompt[place]], in: answers[place], &worker))
                add(dot == 0 ? 0 : dot / (mine * its).squareRoot())
            }
            if recipe.style { StyleFeatures.values(of: answers[place]).forEach(add) }
        }
    }

    /// Embeddings with all that stands behind them.
    private func extended(
        _ own: [Double], _ theirs: [Double]?, _ answers: [String], _ prompt: [Int], _ prompts: [String]
    ) throws -> FeatureMatrix {
        let chunks = Parallel.chunks(answers.count, size: 128)
        let parts = Parallel.map(chunks.count) { chunk -> [Double] in
            var worker = Worker(prompt: [])
            var values: [Double] = []
            values.reserveCapacity(chunks[chunk].count * width)
            for place in chunks[chunk] {
                let row = own[place * base..<(place + 1) * base]
                values += row
                let other =
                    prompt[place] < 0 ? nil : theirs?[prompt[place] * base..<(prompt[place] + 1) * base]
                if recipe.product {
                    if let other {
                        values += zip(row, other).map { $0 * $1 }
                    } else {
                        values += repeatElement(0, count: base)
                    }
                }
                if recipe.overlap {
                    if let other {
                        var (dot, mine, its) = (0.0, 0.0, 0.0)
                        for (a, b) in zip(row, other) {
                            dot += a * b
                            mine += a * a
                            its += b * b
                        }
                        values.append(share(of: prompts[prompt[place]], in: answers[place], &worker))
                        values.append(mine * its > 0 ? dot / (mine * its).squareRoot() : 0)
                    } else {
                        values += [0, 0]
                    }
                }
                if recipe.style { values += StyleFeatures.values(of: answers[place]) }
            }
            return values
        }
        return try FeatureMatrix(rows: answers.count, columns: width, values: parts.flatMap { $0 })
    }

    /// Of the different words of one text the share that another one has.
    private func share(of prompt: String, in answer: String, _ worker: inout Worker) -> Double {
        // Both together have as many different words as each alone, less those in both.
        worker.words.read(prompt)
        worker.counts.clear()
        worker.counts.addWords(worker.words, upTo: 1)
        let asked = worker.counts.entries.count
        guard asked > 0 else { return 0 }
        worker.words.read(answer)
        worker.counts.addWords(worker.words, upTo: 1)
        let all = worker.counts.entries.count
        worker.counts.clear()
        worker.counts.addWords(worker.words, upTo: 1)
        return Double(asked + worker.counts.entries.count - all) / Double(asked)
    }

    private func embeddings(of texts: [String]) throws -> FeatureMatrix {
        guard let encoder else {
            throw LearningError.data("the model reads texts by an encoder, which was not loaded")
        }
        let rows = try encoder(texts)
        guard rows.count == texts.count, rows.allSatisfy({ $0.count == base }) else {
            throw LearningError.data(
                "the encoder gave \(rows.count) rows of \(rows.first?.count ?? 0) numbers for \(texts.count) texts; "
                    + "the model needs \(base) numbers for each")
        }
        return try FeatureMatrix(
            rows: rows.count, columns: base, values: rows.flatMap { $0.lazy.map(Double.init) })
    }
}
