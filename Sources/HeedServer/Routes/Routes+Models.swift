import HTTPTypes
import HeedAPI
import Hummingbird

extension APIRoutes {
    static let models = [
        APIRoute(
            name: "models", method: .get, path: "/v1/spaces/{space}/models", access: .space(.read),
            about: "The models, newest first.", output: .json(.list(of: ModelInfo.self))
        ) { call in .json(try await call.service.models(call.space())) },
        APIRoute(
            name: "compareModels", method: .get, path: "/v1/spaces/{space}/models/compare",
            access: .space(.read),
            about: "Compares two models on the feedback that neither learnt from.",
            query: [
                .init(name: "a", about: "A version, such as p3; or live.", isNeeded: true),
                .init(name: "b", about: "A version, uniform or live.", isNeeded: true),
            ], output: .json(.of(ModelComparison.self))
        ) { call in
            .json(try await call.service.compare(call.space(), call.needed("a"), call.needed("b")))
        },
        APIRoute(
            name: "model", method: .get, path: "/v1/spaces/{space}/models/{model}", access: .space(.read),
            about: "A model.", output: .json(.of(ModelInfo.self))
        ) { call in .json(try await call.service.model(call.space(), call.path("model"))) },
        APIRoute(
            name: "promote", method: .post, path: "/v1/spaces/{space}/models/{model}/promote",
            access: .space(.admin), about: "Makes a model the live one, by hand.",
            output: .json(.of(ModelInfo.self))
        ) { call in .json(try await call.service.promote(call.space(), model: call.path("model"))) },
        APIRoute(
            name: "rollBack", method: .post, path: "/v1/spaces/{space}/rollback", access: .space(.admin),
            about:
                "Makes the model live again that was live before; nothing where that is choosing by chance.",
            query: [.init(name: "kind", about: "policy or ranker.", isNeeded: true)],
            output: .json(.of(ModelInfo.self)), mayBeEmpty: true
        ) { call in
            let space = try call.space()
            _ = try call.needed("kind")
            guard let kind = try call.word("kind", ModelKind.self),
                let model = try await call.service.rollBack(space, kind)
            else { return Response(status: .noContent) }
            return .json(model)
        },
    ]

    static let jobs = [
        APIRoute(
            name: "jobs", method: .get, path: "/v1/spaces/{space}/jobs", access: .space(.read),
            about: "The trainings, newest first.", output: .json(.list(of: JobInfo.self))
        ) { call in .json(try await call.service.jobs(call.space())) },
        APIRoute(
            name: "train", method: .post, path: "/v1/spaces/{space}/jobs", access: .space(.admin),
            about: "Starts a training in the background.",
            input: .json(.of(TrainRequest.self), isOptional: true), status: .accepted,
            output: .json(.of(JobInfo.self))
        ) { call in
            let wanted = try await call.body(TrainRequest.self, or: TrainRequest())
            return .json(try await call.service.train(call.space(), wanted), status: .accepted)
        },
        APIRoute(
            name: "job", method: .get, path: "/v1/spaces/{space}/jobs/{job}", access: .space(.read),
            about: "A training, with its progress.", output: .json(.of(JobInfo.self))
        ) { call in .json(try await call.service.job(call.space(), call.path("job"))) },
        APIRoute(
            name: "cancelJob", method: .delete, path: "/v1/spaces/{space}/jobs/{job}", access: .space(.admin),
            about: "Cancels a training that has not ended.", output: .json(.of(JobInfo.self))
        ) { call in .json(try await call.service.cancel(call.space(), job: call.path("job"))) },
    ]
}
