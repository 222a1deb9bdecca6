using System.Security.Authentication;
using Minio.Exceptions;

namespace TempSamp.Live.Delivery;

/// <summary>Why a call to an S3 server failed, as a short name and a sentence with the fix.</summary>
internal sealed record S3Failure(string Reason, string Text)
{
    /// <summary>The failure behind an exception; null when it is no failure of a call.</summary>
    public static S3Failure? Of(Exception error, StoreOptions options) => error switch
    {
        HttpRequestException { InnerException: AuthenticationException bad } => new("certificate", $"its certificate is not trusted: {bad.Message} Renew it, or name the authority's certificate in Store:CertificateFile."),
        HttpRequestException or ConnectionException or InternalClientException { InnerException: HttpRequestException } =>
            new("unreachable", $"the server does not answer ({error.GetBaseException().Message}); check Store:Endpoint and that the server is up"),
        OperationCanceledException => new("unreachable", $"the server gave no answer in time; check that it is well, or raise Store:Timeout ({options.Timeout})"),
        BucketNotFoundException => new("no-bucket", "the bucket does not exist; make it, or set Store:CreateBucket to true"),
        ErrorResponseException { Response: { } answer } => OfCode(answer.Code, answer.Message, options),
        AccessDeniedException or AuthorizationException or ForbiddenException => OfCode("AccessDenied", error.Message, options),
        MinioException => OfCode(CodeIn(error), error.Message, options),
        ArgumentNullException => new("refused", "the server refuses and gives no reason; see its log"),   // what the client makes of an error without a message
        IOException => new("unreachable", $"the connection broke ({error.GetBaseException().Message})"),
        _ => null,
    };

    private static S3Failure OfCode(string? code, string message, StoreOptions options) => code switch
    {
        "InvalidAccessKeyId" or "SignatureDoesNotMatch" or "InvalidSecurity" => new("forbidden", $"the server does not know the key pair ({code}); check Store:AccessKey and Store:SecretKey"),
        "RequestTimeTooSkewed" or "RequestExpired" => new("clock", $"this machine's clock and the server's differ too much ({code}); set the clock, for example with NTP"),
        "AccessDenied" => new("forbidden", $"the server denies it; check Store:AccessKey and Store:SecretKey, and that the pair may read, write and delete in the bucket '{options.Bucket}', which must be yours"),
        "BucketAlreadyExists" or "BucketAlreadyOwnedByYou" => new("not-yours", "the name of the bucket belongs to another account; set Store:Bucket to another"),
        "NoSuchBucket" => new("no-bucket", "the bucket does not exist; make it, or set Store:CreateBucket to true"),
        "QuotaExceeded" or "XMinioStorageFull" or "InsufficientCapacity" or "EntityTooLarge" => new("store-full", $"the server has no room ({code}); free some space there or raise the quota"),
        "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" => new("region", $"the server is in another region ({message}); set Store:Region"),
        _ => new("refused", $"the server refuses ({code ?? "no code"}: {message})"),
    };

    /// <summary>The client keeps the server's code in the answer that it attaches to most of its exceptions.</summary>
    private static string? CodeIn(Exception error) => (error as MinioException)?.Response?.Code;
}
