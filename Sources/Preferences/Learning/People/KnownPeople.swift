/// The judges and groups that a model has learnt from, and whom a question is about.
struct KnownPeople: Sendable, Hashable {
    /// Whom a comparison is asked about.
    enum Member: Hashable {
        case person(Int)
        case group(Int)
        case everyone
    }

    /// The judges' names.
    let names: [String]
    /// How many comparisons each gave.
    let answers: [Int]
    /// The groups' names.
    let groupNames: [String]
    /// The judges of each group.
    let members: [[Int]]
    /// The place among `names` of each judge of the data it was made of, -1 for one without a comparison.
    private let places: [Int]

    init(_ data: ComparisonSet) {
        var answers = [Int](repeating: 0, count: data.judgeNames.count)
        for judge in data.judges where judge >= 0 { answers[judge] += 1 }
        var (names, places): ([String], [Int]) = ([], [])
        for (judge, name) in data.judgeNames.enumerated() {
            places.append(answers[judge] > 0 ? names.count : -1)
            if answers[judge] > 0 { names.append(name) }
        }
        self.names = names
        self.places = places
        self.answers = answers.filter { $0 > 0 }
        var isMember = [Bool](repeating: false, count: data.groupNames.count * names.count)
        for place in 0..<data.count where data.groups[place] >= 0 && data.judges[place] >= 0 {
            isMember[data.groups[place] * names.count + places[data.judges[place]]] = true
        }
        let members = data.groupNames.indices.map { group in
            names.indices.filter { isMember[group * names.count + $0] }
        }
        groupNames = data.groupNames.enumerated().filter { !members[$0.offset].isEmpty }.map(\.element)
        self.members = members.filter { !$0.isEmpty }
    }

    /// Which of `names` gave each comparison of the data that this was made of, -1 for nobody known.
    func places(_ data: ComparisonSet) -> [Int] { data.judges.map { $0 < 0 ? -1 : places[$0] } }

    /// Whom each comparison of some data is about; nil where a newcomer is asked for.
    func each(_ data: ComparisonSet, _ audience: Audience) throws -> [Member]? {
        func all(_ member: Member) -> [Member] { [Member](repeating: member, count: data.count) }
        switch audience {
        case .everyone: return all(.everyone)
        case .newcomer: return nil
        case .judge, .group: return all(try member(audience))
        case .each:
            let judges = data.judgeNames.map { name in names.firstIndex(of: name) }
            let groups = data.groupNames.map { name in groupNames.firstIndex(of: name) }
            return (0..<data.count).map { place in
                if data.judges[place] >= 0, let person = judges[data.judges[place]] { return .person(person) }
                if data.groups[place] >= 0, let group = groups[data.groups[place]] { return .group(group) }
                return .everyone
            }
        }
    }

    /// Whom an audience of one kind is.
    func member(_ audience: Audience) throws -> Member {
        switch audience {
        case .judge(let name):
            guard let place = names.firstIndex(of: name) else {
                throw LearningError.unknown(kind: "judge", name: name, known: names)
            }
            return .person(place)
        case .group(let name):
            guard let place = groupNames.firstIndex(of: name) else {
                throw LearningError.unknown(kind: "group", name: name, known: groupNames)
            }
            return .group(place)
        default: return .everyone
        }
    }

    /// Adds its parts to a model's.
    func keep(in state: inout ModelState) {
        state.lists["people"] = names
        state.lists["people.groups"] = groupNames
        state["people.answers"] = .init(answers.map { Double($0) })
        var isMember = [Double](repeating: 0, count: groupNames.count * names.count)
        for (group, people) in members.enumerated() {
            for person in people { isMember[group * names.count + person] = 1 }
        }
        state["people.members"] = .init(isMember, shape: [groupNames.count, names.count])
    }

    /// Takes its parts out of a model's.
    init(_ state: ModelState) throws {
        let (names, groups) = (state.lists["people"] ?? [], state.lists["people.groups"] ?? [])
        let counts = try state.vector("people.answers")
        let isMember = try state.numbers("people.members", rank: 2)
        guard counts.count == names.count, isMember.shape == [groups.count, names.count] else {
            throw LearningError.data("the model's \(names.count) judges do not fit their answers and groups")
        }
        self.names = names
        groupNames = groups
        // More than 2⁴⁰ answers nobody has given: sums of such counts would overflow.
        answers = counts.compactMap { Int(exactly: $0).flatMap { (0...1 << 40).contains($0) ? $0 : nil } }
        members = groups.indices.map { group in
            names.indices.filter { isMember.values[group * names.count + $0] > 0 }
        }
        guard answers.count == counts.count, !members.contains(where: \.isEmpty) else {
            throw LearningError.data(
                "the model has a group without judges, or judges without a count of answers")
        }
        places = Array(names.indices)
    }
}
