extension PrototypeModel: ComparisonExplainer {
    public func explain(_ data: ComparisonSet, comparison: Int) throws -> ComparisonExplanation {
        try explain(data, comparison: comparison, for: .everyone)
    }

    /// What each prototype brings to one comparison; a prototype is called by the judges who are most of it.
    public func explain(_ data: ComparisonSet, comparison: Int, for audience: Audience) throws
        -> ComparisonExplanation
    {
        let pair = data.selecting([comparison])
        let rows = try prototypes(pair.items.selecting([pair.left[0], pair.right[0]])).values
        let (weights, k) = (try positions(pair, audience)[0].weights, prototypes.prototypes)
        return ComparisonExplanation(
            tasteNames.enumerated().map { place, name in
                let (first, second) = (rows[place], rows[k + place])
                return .init(
                    name: name, weight: weights[place], first: first, second: second,
                    contribution: weights[place] * (first - second))
            })
    }

    /// "taste 1 (ann, ben and 3 more)", one for each prototype.
    private var tasteNames: [String] {
        let people = PeopleReport(self).people
        return (0..<prototypes.prototypes).map { k in
            let names = people.filter { person in
                person.position.weights.indices.max {
                    person.position.weights[$0] < person.position.weights[$1]
                } == k
            }
            .sorted { $0.position.weights[k] > $1.position.weights[k] }.map(\.name)
            guard !names.isEmpty else { return "taste \(k + 1)" }
            let rest = names.count > 2 ? " and \(names.count - 2) more" : ""
            return "taste \(k + 1) (\(names.prefix(2).joined(separator: ", "))\(rest))"
        }
    }
}
